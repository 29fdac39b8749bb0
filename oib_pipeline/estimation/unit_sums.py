"""Coefficient and exact clustered t of many treated sets from sums over units alone."""

from __future__ import annotations

import numpy as np

from oib_pipeline.estimation.fitted import ROUNDING
from oib_pipeline.estimation.panel import Panel

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
