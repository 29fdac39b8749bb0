"""Coefficient and exact clustered t of many treated sets at once, for one panel and date."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from oib_pipeline.estimation.absorbed import check_collinear, norm, residualise
from oib_pipeline.estimation.bases import time_basis, without_unit_means
from oib_pipeline.estimation.convention import variance_factor
from oib_pipeline.estimation.fitted import counts_of
from oib_pipeline.estimation.panel import Panel
from oib_pipeline.estimation.unit_sums import DEGENERATE, UnitSums, t_statistics
from oib_pipeline.estimation.within import Within

# Largest basis, and room for its products by unit, that sums over units are worth.
BASIS, CELLS = 80, 50_000_000


class TreatedSets(Protocol):
    """Maps treated sets (c, N) to their coefficients (c,) and t-statistics (c,)."""

    cells_per_unit: int

    def __call__(self, treated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return coefficients and t-statistics, NaN where a set identifies nothing."""
        ...


def treated_sets(panel: Panel, post: np.ndarray, effects: Within | None = None) -> TreatedSets:
    """Return the evaluator of treated sets for this panel.

    Unweighted panels that are balanced, or made of balanced blocks, take sums over units with the
    controls as basis; others add the time effects to the basis, at two to three times the cost;
    panels with very many times remove effects and controls from every drawn treatment. All give
    the same answer.

    Parameters
    ----------
    panel : Panel
        Its regressors are the controls; clusters are its units.
    post : numpy.ndarray
        Post indicator (or dose) of each row, shape (n,); the treatment is treated x post.
    effects : Within, optional
        The within transformation of a panel with the same rows, where it is at hand.
    """
    residual, basis, factor = _controls_out(panel, effects)
    if panel.weights is None and panel.blocks is not None:
        own = (
            post - post[: panel.n_times].mean()
            if panel.balanced
            else without_unit_means(panel, post[None, :])[0]
        )
        return UnitSums(panel, residual, basis, own, factor, blocks=panel.blocks)
    if panel.n_times + len(basis) <= BASIS and panel.n_units * BASIS**2 <= CELLS:
        basis = np.vstack([time_basis(panel), basis])
        own = without_unit_means(panel, post[None, :])[0]
        return UnitSums(panel, residual, basis, own, factor, blocks=None)
    return FullColumns(panel, residual, basis, post, factor)


def _controls_out(
    panel: Panel, effects: Within | None = None
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return residual outcome (n,), orthonormal controls (k, n) and the variance factor."""
    within = residualise(panel, effects)
    if panel.n_regressors > 1:
        check_collinear(panel, within)
    if panel.weights is not None:
        within = within * np.sqrt(panel.weights)
    basis = np.ascontiguousarray(np.linalg.qr(within[1:].T)[0].T)
    residual = within[0] - (basis @ within[0]) @ basis
    if norm(residual) <= 1e-10 * norm(within[0]):
        raise ValueError(f"column {panel.outcome!r} (outcome) is a combination of the controls")
    counts = counts_of(panel, extra_regressors=1)
    return residual, basis, variance_factor(counts)


class FullColumns:
    """Any panel whatever: effects and controls are removed from each drawn treatment."""

    def __init__(
        self,
        panel: Panel,
        residual: np.ndarray,
        basis: np.ndarray,
        post: np.ndarray,
        factor: float,
    ) -> None:
        self._residual, self._basis, self._factor = residual, basis, factor
        self._panel, self._post = panel, post
        self._within = Within(panel)
        self._root = None if panel.weights is None else np.sqrt(panel.weights)
        self._starts = np.flatnonzero(np.diff(panel.unit, prepend=-1))
        self.cells_per_unit = 1 + panel.n_obs // panel.n_units

    def __call__(self, treated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return coefficients and t-statistics of treated sets (c, N)."""
        raw = treated[:, self._panel.unit] * self._post
        d = self._within(raw)
        if self._root is not None:
            d *= self._root
        own = np.einsum("cn,cn->c", d, d)
        d -= (d @ self._basis.T) @ self._basis
        left = np.einsum("cn,cn->c", d, d)
        floor = DEGENERATE * np.maximum(own, np.einsum("cn,cn->c", raw, raw))
        left[left <= floor] = np.nan
        beta = (d @ self._residual) / left
        product = d * (self._residual - beta[:, None] * d)
        score = np.add.reduceat(product, self._starts, axis=1)
        meat = np.einsum("cn,cn->c", score, score)
        return beta, t_statistics(beta * left, self._factor * meat)
