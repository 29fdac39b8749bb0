"""The placebo: the headline models with other cities drawn as treated, number and date kept."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.results.data import StudyData
from oib_pipeline.results.models import KEYS, POLICY, headline
from oib_pipeline.results.result import Result, absent, result
from oib_pipeline.study import Study

DRAWS = ["outcome", "draw", "coefficient", "t"]


def compute(study: Study, data: StudyData) -> Result:
    """Rows of ``est_placebo``, the model that of the baseline; every draw in its own table."""
    from oib_pipeline.estimation import placebo

    rows, draws = [], [pd.DataFrame(columns=DRAWS)]
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
