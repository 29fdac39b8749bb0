"""Coefficient and exact clustered t of many treated sets at once, for one panel and date."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from oib_pipeline.estimation.absorbed import check_collinear, norm, residualise
from oib_pipeline.estimation.convention import variance_factor
from oib_pipeline.estimation.fitted import ROUNDING, counts_of
from oib_pipeline.estimation.panel import Panel
from oib_pipeline.estimation.within import Within, time_basis, without_unit_means

# Below this share of the treatment's own variation, what effects and controls leave is rounding.
DEGENERATE = 1e-12
# Largest basis, and room for its products by unit, that sums over units are worth.
BASIS, CELLS = 80, 50_000_000


class TreatedSets(Protocol):
    """Maps treated sets (c, N) to their coefficients (c,) and t-statistics (c,)."""

    cells_per_unit: int

    def __call__(self, treated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return coefficients and t-statistics, NaN where a set identifies nothing."""
        ...


def treated_sets(panel: Panel, post: np.ndarray) -> TreatedSets:
    """Return the evaluator of treated sets for this panel.

    Balanced, unweighted panels take sums over units with the controls as basis; others add the
    time effects to the basis, at two to three times the cost; panels with very many times remove
    effects and controls from every drawn treatment. All give the same answer.

    Parameters
    ----------
    panel : Panel
        Its regressors are the controls; clusters are its units.
    post : numpy.ndarray
        Post indicator (or dose) of each row, shape (n,); the treatment is treated x post.
    """
    residual, basis, factor = _controls_out(panel)
    if panel.balanced and panel.weights is None:
        own = post - post[: panel.n_times].mean()
        return UnitSums(panel, residual, basis, own, factor, centred=True)
    if panel.n_times + len(basis) <= BASIS and panel.n_units * BASIS**2 <= CELLS:
        basis = np.vstack([time_basis(panel), basis])
        own = without_unit_means(panel, post[None, :])[0]
        return UnitSums(panel, residual, basis, own, factor, centred=False)
    return FullColumns(panel, residual, basis, post, factor)


def _controls_out(panel: Panel) -> tuple[np.ndarray, np.ndarray, float]:
    """Return residual outcome (n,), orthonormal controls (k, n) and the variance factor."""
    within = residualise(panel)
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


class UnitSums:
    """Estimates from sums over units alone, so that a draw costs N x k, not N x T x k.

    Let r be the outcome without effects and controls, Q an orthonormal basis of what is removed
    from the treatment besides unit effects, and p_it post less its unit mean. For unit i: a_i =
    sum_t p_it r_it, b_i = sum_t p_it Q_it, c_i = sum_t Q_it r_it, G_i = sum_t Q_it Q_it', P_i =
    sum_t p_it^2. For a treated set, s_i is 1 or 0 and gamma = sum_i s_i b_i:

    beta = sum_i s_i a_i / D, D = sum_i s_i^2 P_i - |gamma|^2;
    u_i = s_i (a_i + 2 beta gamma'b_i) - gamma'c_i - s_i^2 P_i beta - beta gamma'G_i gamma;
    t = beta D / sqrt(f sum_i u_i^2), f the factor of the one convention.

    On a balanced, unweighted panel removing time effects makes s_i = 1[i in S] - m/N (``centred``)
    and Q the controls alone; otherwise Q holds the time effects as well.
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
        centred: bool,
    ) -> None:
        self._factor, self._centred = factor, centred
        starts = np.flatnonzero(np.diff(panel.unit, prepend=-1))
        upper = np.triu_indices(len(basis))
        twice = np.where(upper[0] == upper[1], 1.0, 2.0)[:, None]
        self._upper = upper
        self._a, self._p2 = np.add.reduceat(np.array([own * residual, own * own]), starts, axis=1)
        if len(basis):
            self._b = np.add.reduceat(basis * own, starts, axis=1).T
            pairs = zip(*upper, strict=True)
            squares = np.array(
                [np.add.reduceat(basis[row] * basis[column], starts) for row, column in pairs]
            )
            cross = np.add.reduceat(basis * residual, starts, axis=1)
            self._removed = np.vstack([cross, twice * squares])
        else:
            self._b = np.empty((panel.n_units, 0))

    def __call__(self, treated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return coefficients and t-statistics of treated sets (c, N)."""
        s = treated.astype(float)
        if self._centred:
            s -= s.mean(axis=1, keepdims=True)
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
            squares = gamma[:, self._upper[0]] * gamma[:, self._upper[1]] * by_beta
            score -= np.hstack([gamma, squares]) @ self._removed
        meat = np.einsum("cn,cn->c", score, score)
        return beta, _t_statistics(beta * left, self._factor * meat)


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
        return beta, _t_statistics(beta * left, self._factor * meat)


def _t_statistics(numerator: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Return numerator / root of variance, NaN where the variance is none or rounding."""
    root = np.sqrt(variance)
    root[root <= ROUNDING * np.abs(numerator)] = np.nan
    return numerator / root
