"""The headline models on matched samples: three ways of matching, cities once and stacked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from oib_pipeline.contract.counting import plural
from oib_pipeline.results.data import StudyData
from oib_pipeline.results.matched_cities import balance_rows, score_rows
from oib_pipeline.results.models import KEYS, POLICY, Model, headline
from oib_pipeline.results.placebo import stacked
from oib_pipeline.results.result import Result, absent, empty, result
from oib_pipeline.study import Study

if TYPE_CHECKING:
    from oib_pipeline.estimation import MatchedEstimate, RedrawnMatches

STACKED = "unit-time"
KINDS = {"unit": "", STACKED: ", stacked"}
# Stacked rows are the paper's way and not the headline. Each draw scores and matches every row
# anew: as many as the headline's would double the time of this result; the table says how many.
STACKED_DRAWS = 99


def compute(study: Study, data: StudyData) -> Result:
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
