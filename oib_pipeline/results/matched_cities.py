"""How alike matched cities are, and each city's score and weight, of one match."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from oib_pipeline.results.models import Model

if TYPE_CHECKING:
    from oib_pipeline.estimation import MatchedEstimate


def balance_rows(made: MatchedEstimate, model: Model) -> pd.DataFrame:
    """Rows of ``est_balance``: standardised differences of each control before and after."""
    assert made.matching is not None
    table = made.matching.balance(model.controls)
    table.insert(0, "method", made.method)
    table.insert(0, "outcome", model.outcome)
    return table


def score_rows(made: MatchedEstimate, model: Model) -> pd.DataFrame:
    """Rows of ``est_scores``: a city's score, weight, and whether it lies on the common support."""
    assert made.matching is not None
    match = made.matching
    return pd.DataFrame(
        {
            "outcome": model.outcome,
            "method": made.method,
            "city_code": match.score.index.to_numpy(),
            "treated": match.treated.to_numpy().astype(np.int64),
            "score": match.score.to_numpy(),
            "weight": match.weights.to_numpy(),
            "on_support": match.on_support.to_numpy(),
        }
    )
