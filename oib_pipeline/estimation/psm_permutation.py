"""Permutation p-values of matched estimates: score, match and fit again for every redraw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from oib_pipeline.estimation.assignment import Assignments
from oib_pipeline.estimation.closed_form import fit_closed_form
from oib_pipeline.estimation.matched_fits import MatchFits, worth_it
from oib_pipeline.estimation.neighbours import Rule
from oib_pipeline.estimation.panel import Panel
from oib_pipeline.estimation.permuted import Observed, permute
from oib_pipeline.estimation.psm_sample import row_weights, weigh
from oib_pipeline.estimation.redrawn_matches import RedrawnMatches
from oib_pipeline.estimation.scores import standardised


class MatchedSets:
    """Coefficient and t of treated sets, each matched anew; NaN where a set has no match."""

    def __init__(
        self,
        panel: Panel,
        post: np.ndarray,
        pool: pd.DataFrame,
        covariates: Sequence[str],
        matched_on: str,
        matching: dict[str, Any],
        matches: RedrawnMatches | None = None,
    ) -> None:
        self._panel, self._post = panel, post
        self._design = standardised(pool, covariates)
        self._matched_on, self._rule = matched_on, Rule(**matching)
        self._matches = matches or RedrawnMatches()
        self._index = pool.index
        rows = pool.index.to_numpy()
        self._unit_of_pool = rows if matched_on == "unit" else panel.unit[rows]
        self.cells_per_unit = 1 + len(pool) // panel.n_units
        together = panel.cluster is panel.unit and panel.weights is None and worth_it(panel)
        self._fits = MatchFits(panel, post) if together else None

    def __call__(self, treated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return coefficients and t-statistics of treated sets (c, N), undefined ones NaN."""
        matched = self._matches(self._design, treated[:, self._unit_of_pool], self._rule)
        weights = row_weights(self._panel, self._index, matched, self._matched_on)
        found = np.full((2, len(treated)), np.nan)
        there = np.flatnonzero(matched.any(axis=1))
        if self._fits is not None:
            found[:, there] = self._fits(treated[there], weights[there])
        for row in there[np.isnan(found[:, there]).any(axis=0)]:
            found[:, row] = self._one(treated[row], weights[row])
        return found[0], found[1]

    def _one(self, treated: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
        arrays = self._panel.arrays.copy()
        arrays[1] = treated[self._panel.unit] * self._post
        try:
            fitted = fit_closed_form(weigh(replace(self._panel, arrays=arrays), weights))
            return float(fitted.coefficients[0]), float(
                fitted.coefficients[0] / np.sqrt(fitted.covariance[0, 0])
            )
        except ValueError:  # a matched sample too thin for the model
            return np.nan, np.nan


def permute_matched(
    panel: Panel,
    treatment: tuple[np.ndarray, np.ndarray],
    pool: tuple[pd.DataFrame, Sequence[str], str],
    matching: dict[str, Any],
    assignments: Assignments,
    matches: RedrawnMatches | None = None,
) -> dict[str, Any]:
    """Return p_t, p_coefficient and n_undefined of a matched estimate.

    Parameters
    ----------
    panel : Panel
        With regressors did, then the controls.
    treatment : tuple
        Which units are treated (N,), and post of each row (n,).
    pool : tuple
        What is matched, its covariates, and whether by unit or unit-time.
    matching : dict
        Options of :func:`match`.
    assignments : Assignments
        The redraws.
    matches : RedrawnMatches, optional
        Scores and matches that other estimates have in common with this one.
    """
    mark, post = treatment
    sets = MatchedSets(panel, post, *pool, matching, matches)
    observed = Observed(*(float(value[0]) for value in sets(mark[None, :])))
    result = permute(sets, assignments, observed, 0)
    return {key: result[key] for key in ("p_t", "p_coefficient", "n_undefined")}
