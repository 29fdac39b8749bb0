"""Which cities stand in for which pilot, by their propensity scores."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.study import Study

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
