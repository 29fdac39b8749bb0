"""The headline of each outcome: its fullest baseline model and what is known of its certainty."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from oib_pipeline.report.document.labels import TREATMENT, Label, label
from oib_pipeline.report.inputs import ReportInputs


@dataclass(frozen=True)
class Headline:
    """One outcome's estimate with controls (or without, where no model has any)."""

    outcome: str
    model: str
    estimate: float
    se: float
    p: float
    ci_low: float
    ci_high: float
    n_obs: int
    n_clusters: int
    with_controls: bool
    sd: float
    mean: float
    paper: float | None
    truth: float | None

    @property
    def words(self) -> Label:
        """How the outcome is called."""
        return label(self.outcome)

    @property
    def in_sd(self) -> float:
        """The estimate, sign and all, over the outcome's standard deviation."""
        return self.estimate / self.sd if self.sd > 0 else float("nan")

    @property
    def defined(self) -> bool:
        """Whether there is a standard error to judge the estimate by."""
        return self.se > 0

    @property
    def clear(self) -> bool:
        """Whether the 95 % interval leaves zero out."""
        return self.ci_low > 0 or self.ci_high < 0


def headlines(inputs: ReportInputs) -> list[Headline]:
    """One headline an outcome of the study, in its order; outcomes without an estimate left out."""
    frame = inputs.frame("baseline")
    if frame.empty:
        return []
    found = []
    for outcome in inputs.study.outcomes:
        rows = frame[frame["outcome"] == outcome]
        treated = rows[rows["term"] == TREATMENT]
        if treated.empty:
            continue
        sizes = rows.groupby("model", sort=False)["term"].size()
        model = sizes.idxmax()
        found.append(_headline(inputs, treated[treated["model"] == model].iloc[0], sizes[model]))
    return found


def _headline(inputs: ReportInputs, row: pd.Series, n_terms: int) -> Headline:
    outcome = str(row["outcome"])
    values = inputs.panel[outcome].dropna()
    truth = inputs.truth or {}
    return Headline(
        outcome=outcome,
        model=str(row["model"]),
        **{name: float(row[name]) for name in ("estimate", "se", "p", "ci_low", "ci_high")},
        n_obs=int(row["n_obs"]),
        n_clusters=int(row["n_clusters"]),
        with_controls=n_terms > 1,
        sd=float(values.std()),
        mean=float(values.mean()),
        paper=inputs.study.paper.get(outcome),
        truth=truth.get(outcome) if inputs.synthetic else None,
    )
