"""Difference-in-differences on a matched sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from oib_pipeline.estimation.assignment import Assignments
from oib_pipeline.estimation.columns import check_columns, column_names, numbers
from oib_pipeline.estimation.door import read_panel
from oib_pipeline.estimation.fits import fit
from oib_pipeline.estimation.matched import Matching
from oib_pipeline.estimation.matching import match
from oib_pipeline.estimation.panel import Panel
from oib_pipeline.estimation.placebos import treatment_parts, unit_strata
from oib_pipeline.estimation.results import Estimate, fit_fields
from oib_pipeline.estimation.sample import check_sample, complete_rows
from oib_pipeline.estimation.scores import propensity_scores

MATCH_ON = ("unit", "unit-time")


@dataclass(frozen=True)
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
    data, outcome, unit, time, controls, cluster, level
        As in :func:`twfe`.

    Returns
    -------
    MatchedEstimate
        Units without a complete score are left out and counted in ``n_incomplete``.

    Raises
    ------
    ValueError
        As :func:`twfe`, :func:`propensity_scores` and :func:`match`.
    """
    if matched_on not in MATCH_ON:
        raise ValueError(f"matched_on must be 'unit' or 'unit-time', not {matched_on!r}")
    names = column_names(covariates, "covariates")
    panel = read_panel(
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
    weighted = weigh(full, row_weights(full, pool.index, matched.weights.to_numpy(), matched_on))
    permuted: dict[str, Any] = {}
    if draws:
        from oib_pipeline.estimation.psm_permutation import permute_matched

        if link != "logit":
            raise ValueError("permutation p-values are there for link 'logit' only")
        permuted = permute_matched(
            full,
            (mark, date),
            (pool, names, matched_on),
            dict(matching, method=method),
            Assignments(mark, draws, seed, unit_strata(data, unit, panel.units, strata)),
        )
    return MatchedEstimate(
        term="did",
        level=level,
        method=method,
        matched_on=matched_on,
        matching=matched,
        n_incomplete=n_incomplete,
        draws=draws,
        **permuted,
        **fit_fields(fit(weighted)),
    )


def candidates(
    data: pd.DataFrame,
    panel: Panel,
    treated: str,
    post: str,
    covariates: tuple[str, ...],
    matched_on: str,
) -> tuple[pd.DataFrame, int]:
    """Return what is matched, and how many units (or rows) lack a covariate.

    One row a unit with its mean covariates before the policy on an index of unit codes, or one
    row a unit and time on an index of row numbers of the panel.
    """
    check_columns(data, dict.fromkeys(covariates, "covariate"))
    columns = {name: numbers(data, name, "covariate") for name in covariates}
    keys = pd.MultiIndex.from_arrays([data[panel.unit_name], data[panel.time_name]])
    order = keys.get_indexer(
        pd.MultiIndex.from_arrays([panel.units[panel.unit], panel.times[panel.time]])
    )
    rows = pd.DataFrame({name: values[order] for name, values in columns.items()})
    if matched_on == "unit-time":
        pool = rows
        pool[treated] = panel.column(treated)
    else:
        before = panel.column(post) == 0
        pool = rows[before].groupby(panel.unit[before]).mean().reindex(range(panel.n_units))
        mark = np.zeros(panel.n_units)
        mark[panel.unit] = panel.column(treated)
        pool[treated] = mark
    complete = pool.notna().all(axis=1)
    return pool[complete], int((~complete).sum())


def with_did(panel: Panel, treated: str, post: str) -> Panel:
    """Return the panel with regressors did = treated x post, then its controls."""
    if "did" in panel.names:
        raise ValueError("column 'did' (control) has the name of the treatment; rename it")
    did = panel.column(treated) * panel.column(post)
    controls = panel.arrays[1 : 1 + panel.n_regressors]
    return panel.with_regressors(["did", *panel.regressors], np.vstack([did, controls]))


def row_weights(panel: Panel, index: pd.Index, weights: np.ndarray, matched_on: str) -> np.ndarray:
    """Return the weight of each row of the panel, shape (n,), zero where unmatched."""
    full = np.zeros(panel.n_units if matched_on == "unit" else panel.n_obs)
    full[index.to_numpy()] = weights
    return full[panel.unit] if matched_on == "unit" else full


def weigh(panel: Panel, weights: np.ndarray) -> Panel:
    """Return the panel of rows with a positive weight."""
    n_missing = panel.n_missing
    used = complete_rows(replace(panel, weights=weights))
    return check_sample(replace(used, n_missing=n_missing))
