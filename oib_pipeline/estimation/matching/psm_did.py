"""Difference-in-differences on a matched sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import pandas as pd

from oib_pipeline.estimation.data.columns import column_names, whole_number
from oib_pipeline.estimation.data.panel import panel_from_frame
from oib_pipeline.estimation.data.treatment import (
    Assignments,
    treatment_parts,
    unit_strata,
    with_did,
)
from oib_pipeline.estimation.matching.matching import Matching, Rule, match
from oib_pipeline.estimation.matching.permutation import (
    RedrawnMatches,
    candidates,
    row_weights,
    weighted_panel,
)
from oib_pipeline.estimation.matching.propensity import propensity_scores
from oib_pipeline.estimation.regression.fit import fit
from oib_pipeline.estimation.regression.results import Estimate, fit_fields


@dataclass(frozen=True, eq=False)
class MatchedEstimate(Estimate):
    """A two-way estimate on a matched sample, with the matching and its permutation p-values.

    ``matched_on`` is "unit" (once, on means before the policy) or "unit-time" (stacked rows).
    ``p_t`` and ``p_coefficient`` are NaN unless draws were asked for.
    """

    method: str = ""
    matched_on: str = "unit"
    matching: Matching | None = field(default=None, repr=False)
    n_incomplete: int = 0
    p_t: float = np.nan
    p_coefficient: float = np.nan
    draws: int = 0
    n_undefined: int = 0

    def to_frame(self, model: str | None = None) -> pd.DataFrame:
        """Return the long table with the matching beside it.

        Further columns: method, matched_on, n_treated_matched, n_controls_matched, n_unmatched
        (treated without a match), n_incomplete (units without a complete score), p_t,
        p_coefficient (of the treatment, NaN for controls), draws, n_undefined.
        """
        table = super().to_frame(model)
        assert self.matching is not None
        table["method"] = self.method
        table["matched_on"] = self.matched_on
        table["n_treated_matched"] = self.matching.n_treated
        table["n_controls_matched"] = self.matching.n_controls
        table["n_unmatched"] = self.matching.n_unmatched
        table["n_incomplete"] = self.n_incomplete
        treatment = table["term"] == self.term
        table["p_t"] = np.where(treatment, self.p_t, np.nan)
        table["p_coefficient"] = np.where(treatment, self.p_coefficient, np.nan)
        table["draws"] = self.draws
        table["n_undefined"] = self.n_undefined
        return table


MATCH_ON = ("unit", "unit-time")
OPTIONS = tuple(option.name for option in fields(Rule) if option.name != "method")


def psm_did(
    data: pd.DataFrame,
    *,
    outcome: str,
    treated: str,
    post: str,
    unit: str,
    time: str,
    covariates: Sequence[str],
    method: str,
    controls: Sequence[str] = (),
    cluster: str | None = None,
    matched_on: str = "unit",
    link: str = "logit",
    draws: int = 0,
    seed: int = 0,
    strata: Sequence[str] | str | None = None,
    level: float = 0.95,
    matches: RedrawnMatches | None = None,
    **matching: Any,
) -> MatchedEstimate:
    """Return the two-way estimate on units matched by their propensity score.

    Heckman, Ichimura and Todd (1997): score, match, then :func:`twfe` of treated x post weighted
    by the match, rows of weight zero left out. By default each unit is matched **once**, on the
    means of its covariates over the rows before the policy (``post`` = 0), and carries its weight
    to all its rows. ``matched_on="unit-time"`` is the stacked version common in applied papers:
    it scores and matches single rows, so that values after the policy enter the match and one
    unit is matched to several.

    Parameters
    ----------
    treated, post : str
        0/1 columns, the first fixed within a unit, the second within a time.
    covariates : sequence of str
        What is matched on.
    method : {"nearest", "radius", "kernel"}
        And, by keyword, any option of :func:`match`.
    matched_on : {"unit", "unit-time"}
    link : {"logit", "probit"}
    draws : int
        If positive, also redraw which units are treated, re-estimate scores, match and fit each
        time, for permutation p-values as in :func:`placebo` (logit scores only).
    seed, strata
        As in :func:`placebo`.
    matches : RedrawnMatches, optional
        Given to several estimates with the same draws, it spares those that share a sample or a
        way of matching the scores and matches of redraws that another has made. The same answer.
    data, outcome, unit, time, controls, cluster, level
        As in :func:`twfe`.

    Returns
    -------
    MatchedEstimate
        Units without a complete score are left out and counted in ``n_incomplete``. Its
        ``matching`` is on the units, or on row numbers of the sample where rows were matched.

    Raises
    ------
    ValueError
        As :func:`twfe`, :func:`propensity_scores` and :func:`match`; a keyword that none of them
        knows.
    """
    draws, seed = whole_number(draws, "draws", 0), whole_number(seed, "seed", 0)
    unknown = sorted(set(matching) - set(OPTIONS))
    if unknown:
        raise ValueError(
            f"{unknown[0]!r} is no option of matching; the options are {', '.join(OPTIONS)}"
        )
    if matched_on not in MATCH_ON:
        raise ValueError(f"matched_on must be 'unit' or 'unit-time', not {matched_on!r}")
    names = column_names(covariates, "covariates")
    if not names:
        raise ValueError("covariates is empty: name at least one column to match on")
    panel = panel_from_frame(
        data,
        outcome=outcome,
        regressors=column_names(controls, "controls"),
        unit=unit,
        time=time,
        cluster=cluster,
        extra=(treated, post),
    )
    mark, date = treatment_parts(panel, treated, post)
    pool, n_incomplete = candidates(data, panel, treated, post, names, matched_on)
    score = propensity_scores(pool, treated=treated, covariates=names, link=link)
    matched = match(pool, treated=treated, score=score, method=method, **matching)
    full = with_did(panel, treated, post)
    weighted = weighted_panel(
        full, row_weights(full, pool.index, matched.weights.to_numpy(), matched_on)
    )
    permuted: dict[str, Any] = {}
    if draws:
        from oib_pipeline.estimation.matching.permutation import permute_matched

        if link != "logit":
            raise ValueError("permutation p-values are there for link 'logit' only")
        permuted = permute_matched(
            full,
            (mark, date),
            (pool, names, matched_on),
            dict(matching, method=method),
            Assignments(mark, draws, seed, unit_strata(data, unit, panel.units, strata)),
            matches,
        )
    return MatchedEstimate(
        term="did",
        level=level,
        method=method,
        matched_on=matched_on,
        matching=matched.labelled(panel.units[pool.index]) if matched_on == "unit" else matched,
        n_incomplete=n_incomplete,
        draws=draws,
        **permuted,
        **fit_fields(fit(weighted)),
    )
