"""Inference comparison and placebo of the headline models."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.analysis.models import (
    KEYS,
    POLICY,
    Model,
    Result,
    StudyData,
    absent,
    headline,
    result,
)
from oib_pipeline.study import Study

INFERENCE_DRAWS = 9999
# What treated cities are redrawn within, beside the draws from all cities: method, in words.
STRATA = {
    "region": ("permutation (t), within regions", "within regions"),
    "capital": ("permutation (t), by capital", "among capitals and among other cities"),
}


def compute_inference(study: Study, data: StudyData) -> Result:
    """Rows of ``est_inference``; ``model`` and ``method`` are the way.

    CR0, the convention, PanelOLS's default, the wild cluster bootstrap with two kinds of weights,
    and permutation of treated cities: of all, within regions, capitals and others apart.
    """
    tables = [_ledger(study, data.panel, model) for model in headline(study, data.panel)]
    expected = [
        (str(way), outcome, "did")
        for table in tables
        for way, outcome in table[["model", "outcome"]].itertuples(index=False)
    ]
    return result(study.name, tables, expected)


def _ledger(study: Study, panel: pd.DataFrame, model: Model) -> pd.DataFrame:
    from oib_pipeline.estimation import ledger

    try:
        rows = ledger(
            panel,
            outcome=model.outcome,
            controls=model.controls,
            cluster=study.cluster,
            draws=INFERENCE_DRAWS,
            bootstrap_draws=INFERENCE_DRAWS,
            seed=study.placebo.seed,
            **KEYS,
            **POLICY,
        )
    except ValueError as error:
        return absent("ledger", model.outcome, error, method="ledger")
    rows = rows.assign(model=rows["method"], note="")
    within = [_within(study, panel, model, strata, rows) for strata in STRATA]
    return pd.concat([rows, *within], ignore_index=True)


def _within(
    study: Study, panel: pd.DataFrame, model: Model, strata: str, rows: pd.DataFrame
) -> pd.DataFrame:
    """The permutation of t with treated cities redrawn within strata, their number there kept."""
    from oib_pipeline.estimation import placebo

    way, words = STRATA[strata]
    try:
        made = placebo(
            panel,
            outcome=model.outcome,
            controls=model.controls,
            draws=INFERENCE_DRAWS,
            seed=study.placebo.seed,
            strata=strata,
            keep=0,
            **KEYS,
            **POLICY,
        )
    except ValueError as error:
        return absent(way, model.outcome, error, method=way)
    text = f"treated units redrawn {INFERENCE_DRAWS} times {words}, compared by t"
    like = rows[rows["method"] == "permutation (t)"]
    return like.assign(method=way, model=way, p=made.p_t, convention=text)


DRAW_COLUMNS = ["outcome", "draw", "coefficient", "t"]


def compute_placebo(study: Study, data: StudyData) -> Result:
    """Rows of ``est_placebo``, the model that of the baseline; every draw in its own table."""
    from oib_pipeline.estimation import placebo

    rows, draws = [], [pd.DataFrame(columns=DRAW_COLUMNS)]
    models = headline(study, data.panel)
    for model in models:
        try:
            made = placebo(
                data.panel,
                outcome=model.outcome,
                controls=model.controls,
                draws=study.placebo.draws,
                seed=study.placebo.seed,
                strata=study.placebo.strata,
                **KEYS,
                **POLICY,
            )
        except ValueError as error:
            rows.append(absent(model.name, model.outcome, error))
            continue
        rows.append(made.to_frame(model.name).assign(note=""))
        draws.append(made.draws_frame().assign(outcome=model.outcome))
    return result(
        study.name,
        rows,
        [(model.name, model.outcome, "did") for model in models],
        {"est_placebo_draws": stacked(draws)},
    )


def stacked(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """The tables one below the other; the first only where there is no other."""
    return pd.concat(tables[1:], ignore_index=True) if len(tables) > 1 else tables[0]
