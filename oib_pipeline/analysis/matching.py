"""Matched estimates and their balance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from oib_pipeline.analysis.inference import stacked
from oib_pipeline.analysis.models import (
    KEYS,
    POLICY,
    Model,
    Result,
    StudyData,
    absent,
    empty,
    headline,
    result,
)
from oib_pipeline.contract.counting import plural
from oib_pipeline.study import Study

if TYPE_CHECKING:
    from oib_pipeline.estimation import MatchedEstimate, RedrawnMatches


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


STACKED = "unit-time"
KINDS = {"unit": "", STACKED: ", stacked"}
# Stacked rows are the paper's way and not the headline. Each draw scores and matches every row
# anew: as many as the headline's would double the time of this result; the table says how many.
STACKED_DRAWS = 99


def compute_psm_did(study: Study, data: StudyData) -> Result:
    """Rows of ``est_psm_did``, with balance and scores of the cities matched once.

    Cities are matched on the means of the study's controls before the policy; ", stacked" marks
    single city-years matched, as in the paper. A match that fails keeps its row with the reason.

    Raises
    ------
    ValueError
        Where the study has no control to match on, or no match succeeds.
    """
    models = headline(study, data.panel)
    if not any(model.controls for model in models):
        raise ValueError(
            f"study {study.name!r} has no control to match on; name some that its sources have"
        )
    from oib_pipeline.estimation import RedrawnMatches

    matches = RedrawnMatches()
    rows, terms = [], []
    balance, scores = [empty("est_balance")], [empty("est_scores")]
    for kind, word in KINDS.items():
        for model in models:
            for method, options in _options(study).items():
                name = f"{method}{word}"
                try:
                    made = _estimate(study, data.panel, model, method, kind, options, matches)
                    _hold_errors(made, name)
                except ValueError as error:
                    note = absent(name, model.outcome, error, method=method, matched_on=kind)
                    rows.append(note)
                    terms.append((name, model.outcome, "did"))
                    continue
                rows.append(made.to_frame(name).assign(note=""))
                terms += [(name, model.outcome, term) for term in made.terms]
                if kind != STACKED:
                    balance.append(balance_rows(made, model))
                    scores.append(score_rows(made, model))
    also = {"est_balance": stacked(balance), "est_scores": stacked(scores)}
    return result(study.name, rows, terms, also)


def _hold_errors(made: MatchedEstimate, name: str) -> None:
    """A matched sample so small that errors are not defined is no estimate to show.

    Raises
    ------
    ValueError
        Saying so.
    """
    rows = made.to_frame(name)
    if rows["se"].isna().any():
        n_obs = int(rows["n_obs"].iloc[0])
        raise ValueError(
            f"its standard error is not defined on the {plural(n_obs, 'matched city-year')}"
        )


def _options(study: Study) -> dict[str, dict[str, Any]]:
    """Ways of matching with the study's settings."""
    plan = study.matching
    return {
        "nearest": {"neighbours": plan.neighbours, "caliper": plan.caliper},
        "kernel": {"bandwidth": plan.bandwidth, "kernel": plan.kernel},
        "radius": {"radius": plan.radius},
    }


def _estimate(
    study: Study,
    panel: pd.DataFrame,
    model: Model,
    method: str,
    kind: str,
    options: dict[str, Any],
    matches: RedrawnMatches,
) -> MatchedEstimate:
    from oib_pipeline.estimation import psm_did

    draws = study.placebo.draws
    return psm_did(
        panel,
        outcome=model.outcome,
        covariates=model.controls,
        controls=model.controls,
        cluster=study.cluster,
        method=method,
        matched_on=kind,
        draws=min(draws, STACKED_DRAWS) if kind == STACKED else draws,
        seed=study.placebo.seed,
        strata=study.placebo.strata,
        matches=matches,
        **KEYS,
        **POLICY,
        **options,
    )
