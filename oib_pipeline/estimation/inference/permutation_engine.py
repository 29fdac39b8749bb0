"""Coefficient and cluster t of many treated sets at once."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from oib_pipeline.estimation.data.panel import Panel
from oib_pipeline.estimation.regression.demean import (
    Within,
    check_collinear,
    norm,
    residualise,
    time_basis,
    without_unit_means,
)
from oib_pipeline.estimation.regression.vcov import ROUNDING, counts_of, small_sample_factor

# Below this share of the treatment's own variation, what effects and controls leave is rounding.
DEGENERATE = 1e-12


class UnitSums:
    """Estimates from sums over units alone, so that a draw costs N x k, not N x T x k.

    Let r be the outcome without effects and controls, Q an orthonormal basis of what is removed
    from the treatment besides unit effects, and p_it post less its unit mean. For unit i: a_i =
    sum_t p_it r_it, b_i = sum_t p_it Q_it, c_i = sum_t Q_it r_it, G_i = sum_t Q_it Q_it', P_i =
    sum_t p_it^2. For a treated set, s_i is 1 or 0 and gamma = sum_i s_i b_i:

    beta = sum_i s_i a_i / D, D = sum_i s_i^2 P_i - |gamma|^2;
    u_i = s_i (a_i + 2 beta gamma'b_i) - gamma'c_i - s_i^2 P_i beta - beta gamma'G_i gamma;
    t = beta D / sqrt(f sum_i u_i^2), f the factor of the one convention.

    On a balanced, unweighted panel removing time effects makes s_i = 1[i in S] - m/N, on one made
    of balanced ``blocks`` (N,) so with m and N those of the unit's block, and Q the controls alone;
    otherwise Q holds the time effects as well.
    """

    cells_per_unit = 1

    def __init__(
        self,
        panel: Panel,
        residual: np.ndarray,
        basis: np.ndarray,
        own: np.ndarray,
        factor: float,
        *,
        blocks: np.ndarray | None,
    ) -> None:
        self._factor = factor
        self._members = [] if blocks is None else [blocks == b for b in range(blocks.max() + 1)]
        starts = np.flatnonzero(np.diff(panel.unit, prepend=-1))
        upper = np.triu_indices(len(basis))
        twice = np.where(upper[0] == upper[1], 1.0, 2.0)[:, None]
        self._a, self._p2 = np.add.reduceat(np.array([own * residual, own * own]), starts, axis=1)
        if len(basis):
            self._b = np.add.reduceat(basis * own, starts, axis=1).T
            squares = _squares_by_unit(panel, basis)[:, upper[0], upper[1]].T
            there = squares.any(axis=1)  # times of unlike groups never meet in a unit
            self._pairs = upper[0][there], upper[1][there]
            cross = np.add.reduceat(basis * residual, starts, axis=1)
            self._removed = np.vstack([cross, (twice * squares)[there]])
        else:
            self._b = np.empty((panel.n_units, 0))

    def __call__(self, treated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return coefficients and t-statistics of treated sets (c, N)."""
        s = treated.astype(float)
        for members in self._members:
            s[:, members] -= s[:, members].mean(axis=1, keepdims=True)
        own = (s * s) @ self._p2
        gamma = s @ self._b
        left = own - np.einsum("ck,ck->c", gamma, gamma)
        left[left <= DEGENERATE * np.maximum(own, self._p2.max())] = np.nan
        beta = (s @ self._a) / left
        by_beta = beta[:, None]
        score = gamma @ self._b.T
        score *= 2 * by_beta
        score += self._a
        score -= s * (self._p2 * by_beta)
        score *= s
        if gamma.shape[1]:
            squares = gamma[:, self._pairs[0]] * gamma[:, self._pairs[1]] * by_beta
            score -= np.hstack([gamma, squares]) @ self._removed
        meat = np.einsum("cn,cn->c", score, score)
        return beta, t_statistics(beta * left, self._factor * meat)


def _squares_by_unit(panel: Panel, basis: np.ndarray) -> np.ndarray:
    """Return the sums over each unit's rows of the products of basis columns, (N, k, k)."""
    rows = np.bincount(panel.unit)
    place = np.arange(panel.n_obs) - np.repeat(np.cumsum(rows) - rows, rows)
    cells = np.zeros((panel.n_units, rows.max(), len(basis)))
    cells[panel.unit, place] = basis.T
    return cells.transpose(0, 2, 1) @ cells


def t_statistics(numerator: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Return numerator / root of variance, NaN where the variance is none or rounding."""
    root = np.sqrt(variance)
    root[root <= ROUNDING * np.abs(numerator)] = np.nan
    return numerator / root


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
    return residual, basis, small_sample_factor(counts)


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
