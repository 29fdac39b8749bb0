"""Everything a report reads; estimation sample and coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from oib_pipeline.analysis.catalogue import RESULTS
from oib_pipeline.contract.variables import variables
from oib_pipeline.registry.registry import Registry
from oib_pipeline.report.document.treated import Called
from oib_pipeline.study import Study


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


LOST = ["city_code", "city", "treated", "lacking", "years", "n_complete"]


@dataclass(frozen=True)
class EstimationSample:
    """What one model was estimated on.

    Parameters
    ----------
    used
        Rows of the panel that the model used.
    lost
        A row for each city of the panel without any: city_code, city, treated, lacking (names of
        the variables that have gaps there), years (those in which a row is not complete),
        n_complete (city-years that are complete, a singleton's 1). Pilots first.
    gaps
        Rows of the panel that are not used though their city is.
    """

    used: pd.DataFrame
    lost: pd.DataFrame
    gaps: pd.DataFrame

    @property
    def n_obs(self) -> int:
        """City-years used."""
        return len(self.used)

    @property
    def n_cities(self) -> int:
        """Cities used."""
        return int(self.used["city_code"].nunique())

    @property
    def n_pilots(self) -> int:
        """Pilot cities used."""
        return int(self.used.loc[self.used["treated"] == 1, "city_code"].nunique())

    @property
    def n_others(self) -> int:
        """Other cities used."""
        return self.n_cities - self.n_pilots

    def fits(self, n_obs: float, n_clusters: float) -> bool:
        """Whether a model's own counts are these."""
        return (self.n_obs, self.n_cities) == (n_obs, n_clusters)


def estimation_sample(
    panel: pd.DataFrame, outcome: str, controls: Sequence[str] = ()
) -> EstimationSample:
    """Rows complete in the outcome and the controls, without singletons.

    A city, or a year, with a single complete row is fitted by its own effect alone and says
    nothing about the policy; such rows are taken out until there are none, as the estimators do.

    Parameters
    ----------
    panel
        ``core_study_panel`` of one study.
    """
    names = [outcome, *controls]
    complete = panel[names].notna().all(axis=1)
    keep = _without_singletons(panel, complete)
    staying = panel["city_code"].isin(panel.loc[keep, "city_code"])
    return EstimationSample(
        used=panel[keep],
        lost=_lost(panel[~staying], complete, names),
        gaps=panel[staying & ~keep],
    )


def _without_singletons(panel: pd.DataFrame, keep: pd.Series) -> pd.Series:
    while True:
        left = panel[keep]
        by_city, by_year = left["city_code"].value_counts(), left["year"].value_counts()
        lone = keep & (
            panel["city_code"].map(by_city).eq(1) | panel["year"].map(by_year).eq(1)
        )  # fmt: skip
        if not lone.any() or len(by_city) < 2 or len(by_year) < 2:
            return keep
        keep = keep & ~lone


def _lost(rows: pd.DataFrame, complete: pd.Series, names: list[str]) -> pd.DataFrame:
    found = [
        {
            "city_code": code,
            "city": part["city"].iloc[0],
            "treated": int(part["treated"].iloc[0]),
            "lacking": tuple(name for name in names if part[name].isna().any()),
            "years": tuple(sorted(part.loc[~complete[part.index], "year"])),
            "n_complete": int(complete[part.index].sum()),
        }
        for code, part in rows.groupby("city_code", sort=True)
    ]
    frame = pd.DataFrame(found, columns=LOST)
    return frame.sort_values("treated", ascending=False, kind="stable", ignore_index=True)


KEYS = ["variable", "year", "series", "release"]


def counts(sources: pd.DataFrame) -> pd.DataFrame:
    """Cities whose value was chosen, by variable, year, series and release.

    Takes ``core_sources`` (one row a candidate) or the same already counted (column ``n``).
    """
    if "n" in sources:
        return sources.groupby(KEYS, sort=True, as_index=False)["n"].sum()
    chosen = sources[sources["chosen"].astype(bool)]
    counted = chosen.groupby(KEYS, sort=True)["city_code"].nunique()
    return counted.rename("n").reset_index()


def coverage(counted: pd.DataFrame, inputs: ReportInputs) -> pd.DataFrame:
    """Cities with a value: variables in the contract's order by years of the study."""
    order = [name for name in variables() if name in set(counted["variable"])]
    wide = counted.pivot_table(index="variable", columns="year", values="n", aggfunc="sum")
    return wide.reindex(index=order, columns=inputs.study.year_list).fillna(0).astype(int)


TIE = 1e-10  # as the estimation room has it: closer scores are equal
NEAREST = "nearest"


def pairs(scores: pd.DataFrame, study: Study, outcome: str) -> pd.DataFrame:
    """Nearest neighbours of each pilot, as the study's matching takes them.

    Parameters
    ----------
    scores
        Rows of ``est_scores``: outcome, method, city_code, treated, score, on_support.

    Returns
    -------
    pandas.DataFrame
        pilot, control, pilot_score, control_score, share (of the pilot's match).
    """
    columns = ["pilot", "control", "pilot_score", "control_score", "share"]
    if scores.empty or not {"outcome", "method", "on_support"} <= set(scores.columns):
        return pd.DataFrame(columns=columns)
    own = scores[(scores["outcome"] == outcome) & (scores["method"] == NEAREST)]
    pilots = own[own["treated"] == 1]
    controls = own[(own["treated"] == 0) & own["on_support"].astype(bool)]
    found = [_nearest(row, controls, study) for row in pilots.itertuples()]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)


def _nearest(pilot, controls: pd.DataFrame, study: Study) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    plan = study.matching
    distance = (controls["score"] - pilot.score).abs()
    last = distance.nsmallest(plan.neighbours).max()
    chosen = distance <= last + TIE
    if plan.caliper is not None:
        chosen &= distance <= plan.caliper
    near = controls[chosen]
    return pd.DataFrame(
        {
            "pilot": pilot.city_code,
            "control": near["city_code"],
            "pilot_score": pilot.score,
            "control_score": near["score"],
            "share": 1 / max(len(near), 1),
        }
    )
