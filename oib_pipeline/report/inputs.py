"""What a report is made from: one study, its panel, its estimates, and where the data came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from oib_pipeline.registry import Registry
from oib_pipeline.report.called import Called
from oib_pipeline.study import RESULTS, Study


@dataclass(frozen=True)
class ReportInputs:
    """Everything ``render`` reads; nothing else is looked at.

    Frames that are absent or empty show as missing, with the reason ``reasons`` gives under the
    frame's name.

    Parameters
    ----------
    study, registry
        The evaluation and what is known of its cities.
    panel
        ``core_study_panel`` of the study.
    releases, skipped, conflicts, findings
        ``raw_releases`` the study used, ``raw_skipped`` of those, ``core_conflicts`` and
        ``core_findings`` of its sample, scope and years.
    sources
        ``core_sources`` of the sample, scope and years; or counted already: variable, year,
        release, series, edition, n (cities whose value was chosen from it).
    raw_findings
        ``raw_findings`` of the releases the study used.
    left_out
        Controls left out: control, reason, coverage (0-1).
    missing
        City-years that lack something: city_code, year, variable, reason.
    descriptive, baseline, event_study, dynamic, psm_did, placebo, regional, robustness, inference
        The ``est_`` tables of the study.
    placebo_draws
        outcome, draw, coefficient, t: every draw of the placebo.
    unflagged
        The headline models again, without city-years that rest on a value which a rule flags.
    balance
        method, and the columns of ``Matching.balance``: covariate, mean_treated_before,
        mean_control_before, std_diff_before, variance_ratio_before, the same ``_after``.
    scores
        city_code, treated, score; further columns (method, weight) are kept in the csv.
    curve_test
        outcome, statistic, p: the specification curve of each outcome tested as a whole.
    corrections
        Values replaced by the corrections file: release, file, sheet, cell, was, now, reason.
    truth
        True mean effects of the study's policy that a synthetic sample was made with, by outcome.
    quality
        The page of checks, seen from the report's folder; empty where there is none.
    reasons
        Why a frame is absent, by the frame's name.
    vintage, why
        Number of these results among the study's (0 where they are not kept), and what changed
        since the one before, a clause each.
    changes, moves
        Inputs and values that differ from the vintage before; every estimate of either.
    """

    study: Study
    registry: Registry
    panel: pd.DataFrame
    releases: pd.DataFrame
    skipped: pd.DataFrame | None = None
    sources: pd.DataFrame | None = None
    conflicts: pd.DataFrame | None = None
    findings: pd.DataFrame | None = None
    raw_findings: pd.DataFrame | None = None
    left_out: pd.DataFrame | None = None
    missing: pd.DataFrame | None = None
    descriptive: pd.DataFrame | None = None
    baseline: pd.DataFrame | None = None
    event_study: pd.DataFrame | None = None
    dynamic: pd.DataFrame | None = None
    psm_did: pd.DataFrame | None = None
    placebo: pd.DataFrame | None = None
    regional: pd.DataFrame | None = None
    robustness: pd.DataFrame | None = None
    inference: pd.DataFrame | None = None
    placebo_draws: pd.DataFrame | None = None
    unflagged: pd.DataFrame | None = None
    balance: pd.DataFrame | None = None
    scores: pd.DataFrame | None = None
    curve_test: pd.DataFrame | None = None
    corrections: pd.DataFrame | None = None
    truth: Mapping[str, float] | None = None
    quality: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)
    vintage: int = 0
    why: tuple[str, ...] = ()
    changes: pd.DataFrame | None = None
    moves: pd.DataFrame | None = None

    def frame(self, name: str) -> pd.DataFrame:
        """A frame by name; empty where it was not given."""
        given: Any = getattr(self, name)
        return pd.DataFrame() if given is None else given

    def has(self, name: str) -> bool:
        """Whether a frame was given and has rows."""
        return not self.frame(name).empty

    def reason(self, name: str) -> str:
        """Why a frame is missing, as a clause."""
        if name in self.reasons:
            return self.reasons[name].rstrip(".")
        if name in RESULTS and name not in self.study.results:
            return "the study does not ask for it (its file lists the results it wants)"
        return "it was not handed to the report, and no reason was given"

    @property
    def called(self) -> Called:
        """What the panel's cities under the policy are called."""
        return Called(self.study.words.treated, self.n_treated)

    @property
    def n_treated(self) -> int:
        """Cities of the panel under the policy."""
        panel = self.panel
        return int(panel.loc[panel["treated"] == 1, "city_code"].nunique())

    @property
    def synthetic(self) -> bool:
        """Whether any number here comes from made-up data."""
        marked = self.releases.get("synthetic")
        return self.study.synthetic or (marked is not None and bool(marked.any()))

    @property
    def start(self) -> int:
        """First year of the policy in the study's cities: one for all of them."""
        return int((self.panel["year"] - self.panel["event_time"]).iloc[0])

    @property
    def controls(self) -> list[str]:
        """Controls that the study kept, in its order."""
        gone = set(self.left_out["control"]) if self.has("left_out") else set()  # type: ignore[index]
        return [name for name in self.study.controls if name not in gone]

    @property
    def dated(self) -> str:
        """The latest day an input was obtained: the report's date, for it has no clock."""
        days = self.releases.get("retrieved", pd.Series(dtype=object)).dropna()
        return max((str(day)[:10] for day in days), default="")
