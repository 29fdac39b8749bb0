"""Permutation p-values of matched estimates: score, match and fit again for every redraw."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from oib_pipeline.estimation.assignment import Assignments
from oib_pipeline.estimation.closed_form import fit_closed_form
from oib_pipeline.estimation.matched_fits import UnitMatchFits
from oib_pipeline.estimation.neighbours import Rule, match_weights
from oib_pipeline.estimation.panel import Panel
from oib_pipeline.estimation.permuted import Observed, permute
from oib_pipeline.estimation.psm_sample import row_weights, weigh
from oib_pipeline.estimation.redrawn_scores import redrawn_scores
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
    ) -> None:
        self._panel, self._post, self._pool = panel, post, pool
        self._design = standardised(pool, covariates)
        self._matched_on, self._rule = matched_on, Rule(**matching)
        rows = pool.index.to_numpy()
        self._unit_of_pool = rows if matched_on == "unit" else panel.unit[rows]
        self.cells_per_unit = 1 + len(pool) // panel.n_units
        whole = matched_on == "unit" and panel.balanced and panel.cluster is panel.unit
        self._fits = UnitMatchFits(panel, post) if whole and panel.weights is None else None

    def __call__(self, treated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return coefficients and t-statistics of treated sets (c, N)."""
        marks = treated[:, self._unit_of_pool]
        scores = redrawn_scores(self._design, marks)
        if self._fits is not None:
            return self._together(self._fits, treated, marks, scores)
        results = [self._one(*drawn) for drawn in zip(treated, marks, scores, strict=True)]
        coefficients, t = np.array(results).T
        return coefficients, t

    def _together(
        self, fits: UnitMatchFits, treated: np.ndarray, marks: np.ndarray, scores: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Matches one by one, their fits at once; one in doubt is fitted by itself."""
        weights = np.zeros(treated.shape)
        for row, (mark, score) in enumerate(zip(marks, scores, strict=True)):
            if not np.isnan(score).any():
                with suppress(ValueError):  # no match
                    weights[row, self._unit_of_pool] = match_weights(score, mark, self._rule)[0]
        found = np.full((2, len(treated)), np.nan)
        matched = np.flatnonzero(weights.any(axis=1))
        for start in range(0, len(matched), fits.at_once):
            some = matched[start : start + fits.at_once]
            found[:, some] = fits(treated[some], weights[some])
        for row in matched[np.isnan(found[:, matched]).any(axis=0)]:
            found[:, row] = self._one(treated[row], marks[row], scores[row])
        return found[0], found[1]

    def _one(self, treated: np.ndarray, mark: np.ndarray, score: np.ndarray) -> tuple[float, float]:
        arrays = self._panel.arrays.copy()
        arrays[1] = treated[self._panel.unit] * self._post
        panel = replace(self._panel, arrays=arrays)
        if np.isnan(score).any():
            return np.nan, np.nan
        try:
            weights, _ = match_weights(score, mark, self._rule)
            weights = row_weights(panel, self._pool.index, weights, self._matched_on)
            fitted = fit_closed_form(weigh(panel, weights))
            return float(fitted.coefficients[0]), float(
                fitted.coefficients[0] / np.sqrt(fitted.covariance[0, 0])
            )
        except ValueError:  # no match, or a matched sample too thin for the model
            return np.nan, np.nan


def permute_matched(
    panel: Panel,
    treatment: tuple[np.ndarray, np.ndarray],
    pool: tuple[pd.DataFrame, Sequence[str], str],
    matching: dict[str, Any],
    assignments: Assignments,
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
    """
    mark, post = treatment
    sets = MatchedSets(panel, post, *pool, matching)
    observed = Observed(*(float(value[0]) for value in sets(mark[None, :])))
    result = permute(sets, assignments, observed, 0)
    return {key: result[key] for key in ("p_t", "p_coefficient", "n_undefined")}
