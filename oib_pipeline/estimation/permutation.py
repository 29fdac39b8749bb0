"""Coefficient and exact clustered t of many treated sets at once, for one panel and date."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from oib_pipeline.estimation.absorbed import check_collinear, norm, residualise
from oib_pipeline.estimation.convention import variance_factor
from oib_pipeline.estimation.fits import counts_of
from oib_pipeline.estimation.panel import Panel
from oib_pipeline.estimation.within import Within

# Below this share of the treatment's own variation, what effects and controls leave is rounding.
DEGENERATE = 1e-12


class TreatedSets(Protocol):
    """Maps treated sets (c, N) to their coefficients (c,) and t-statistics (c,)."""

    cells_per_unit: int

    def __call__(self, treated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return coefficients and t-statistics, NaN where a set identifies nothing."""
        ...


def treated_sets(panel: Panel, post: np.ndarray) -> TreatedSets:
    """Return the evaluator of treated sets for this panel: closed form, or the general path.

    Parameters
    ----------
    panel : Panel
        Its regressors are the controls; clusters are its units.
    post : numpy.ndarray
        Post indicator (or dose) of each row, shape (n,); the treatment is treated x post.

    Notes
    -----
    Balanced, unweighted panels take sums of N x k arrays a draw; others remove effects and
    controls from every drawn treatment, some fifteen times slower, to the same answer.
    """
    if panel.balanced and panel.weights is None:
        return BalancedSets(panel, post[: panel.n_times])
    return GeneralSets(panel, post)


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


class BalancedSets:
    """The closed form for a balanced, unweighted panel, by sums over units.

    With outcome and controls double-demeaned, Q the controls' orthonormal basis, r the residual
    outcome, p_t post minus its mean, P = sum_t p_t^2, for unit i: a_i = sum_t p_t r_it, b_i =
    sum_t p_t Q_it, c_i = Q_i'r_i, G_i = Q_i'Q_i. For a set S of m of N units, s_i = 1[i in S] -
    m/N and gamma = sum_S b_i:

    beta = sum_S a_i / D, D = P m (1 - m/N) - |gamma|^2;
    u_i = s_i (a_i + 2 beta gamma'b_i) - gamma'c_i - s_i^2 P beta - beta gamma'G_i gamma;
    t = beta D / sqrt(f sum_i u_i^2), f the factor of the one convention.
    """

    cells_per_unit = 1

    def __init__(self, panel: Panel, post: np.ndarray) -> None:
        residual, basis, self._factor = _controls_out(panel)
        shape = (panel.n_units, panel.n_times)
        r, q = residual.reshape(shape), basis.reshape(-1, *shape)
        p = post - post.mean()
        self._p2 = float(p @ p)
        self._a = r @ p
        self._b = (q @ p).T
        self._c = np.einsum("knt,nt->kn", q, r)
        upper = np.triu_indices(len(q))
        twice = np.where(upper[0] == upper[1], 1.0, 2.0)[:, None]
        self._upper = upper
        self._g = twice * np.einsum("xnt,xnt->xn", q[upper[0]], q[upper[1]])

    def __call__(self, treated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return coefficients and t-statistics of treated sets (c, N)."""
        s = treated - treated.mean(axis=1, keepdims=True)
        own = self._p2 * np.einsum("cn,cn->c", s, s)
        gamma = s @ self._b
        left = own - np.einsum("ck,ck->c", gamma, gamma)
        left[left <= DEGENERATE * np.maximum(own, self._p2)] = np.nan
        beta = (s @ self._a) / left
        by_beta = beta[:, None]
        score = gamma @ self._b.T
        score *= 2 * by_beta
        score += self._a
        score -= s * (self._p2 * by_beta)
        score *= s
        if gamma.shape[1]:
            squares = gamma[:, self._upper[0]] * gamma[:, self._upper[1]] * by_beta
            score -= np.hstack([gamma, squares]) @ np.vstack([self._c, self._g])
        meat = np.einsum("cn,cn->c", score, score)
        with np.errstate(divide="ignore", invalid="ignore"):
            t = beta * left / np.sqrt(self._factor * meat)
        return beta, t


class GeneralSets:
    """Any panel, unbalanced or weighted: effects and controls are removed from each treatment."""

    def __init__(self, panel: Panel, post: np.ndarray) -> None:
        self._residual, self._basis, self._factor = _controls_out(panel)
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
        with np.errstate(divide="ignore", invalid="ignore"):
            t = beta * left / np.sqrt(self._factor * meat)
        return beta, t
