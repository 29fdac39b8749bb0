"""Weighted fits of many redrawn matches at once, where weights belong to whole units."""

from __future__ import annotations

import numpy as np

from oib_pipeline.estimation.convention import Counts, variance_factor
from oib_pipeline.estimation.panel import Panel

# Draws are fitted some at a time, so that their columns stay in cache and memory bounded.
CELLS = 300_000
# What is left of a column, or of a collinear set of them, must lie far above what the fit of one
# draw refuses; a draw below goes to that fit, which decides.
LEFT, APART, PERFECT = 1e-6, 1e-6, 1e-9


class UnitMatchFits:
    """Coefficient and t of treated sets on a balanced panel, given the weight of each unit.

    Weights w_i that are the same at all times make the two-way within transformation exact in two
    steps: unit means, then time means weighted by w. Of a draw only the treatment and the weights
    are new, so that its columns come from those of all draws by one product.
    """

    def __init__(self, panel: Panel, post: np.ndarray) -> None:
        self._panel = panel
        shape = (panel.n_units, panel.n_times)
        raw = panel.arrays[: 1 + panel.n_regressors].reshape(-1, *shape).copy()
        raw[1] = post.reshape(shape)
        self._squares = (raw * raw).sum(axis=2)
        self._columns = raw - raw.mean(axis=2, keepdims=True)
        self.at_once = max(1, CELLS // raw.size)

    def __call__(self, treated: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return coefficients and t of sets (c, N) with weights (c, N); NaN where in doubt."""
        columns = self._within(treated, weights)
        used = weights > 0
        sure = self._sure(columns, treated, used)
        coefficients, t = np.full((2, len(treated)), np.nan)
        if sure.any():
            fitted = self._fit(columns[sure], weights[sure], used[sure].sum(axis=1))
            coefficients[sure], t[sure] = fitted
        return coefficients, t

    def _within(self, treated: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Outcome, treatment and controls of each draw without effects, shape (c, v, N, T)."""
        many, (kinds, units, times) = len(treated), self._columns.shape
        shares = weights / np.maximum(weights.sum(axis=1, keepdims=True), np.finfo(float).tiny)
        columns = np.broadcast_to(self._columns, (many, kinds, units, times)).copy()
        columns[:, 1] *= treated[:, :, None]
        flat = columns.transpose(0, 2, 1, 3).reshape(many, units, kinds * times)
        means = (shares[:, None, :] @ flat).reshape(many, kinds, 1, times)
        columns -= means
        return columns

    def _sure(self, columns: np.ndarray, treated: np.ndarray, used: np.ndarray) -> np.ndarray:
        """Which draws are far from a column that effects absorb and from collinear ones."""
        many, kinds = columns.shape[:2]
        there = columns * used[:, None, :, None]
        flat = there.reshape(many, kinds, -1)
        left = np.einsum("cvn,cvn->cv", flat, flat)
        raw = used @ self._squares.T
        raw[:, 1] = (used & treated) @ self._squares[1]
        sure = (left > LEFT**2 * raw).all(axis=1) & (used.sum(axis=1) > 1)
        size = np.sqrt(np.where(left > 0, left, 1.0))[:, 1:]
        gram = (flat[:, 1:] @ flat[:, 1:].transpose(0, 2, 1)) / (size[:, :, None] * size[:, None])
        return sure & (np.linalg.eigvalsh(gram)[:, 0] > APART)

    def _fit(
        self, columns: np.ndarray, weights: np.ndarray, n_units: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        many, kinds, units, times = columns.shape
        weighted = (columns * weights[:, None, :, None]).reshape(many, kinds, -1)
        flat = columns.reshape(many, kinds, -1)
        y, x = flat[:, 0, :, None], flat[:, 1:]
        gram = weighted[:, 1:] @ x.transpose(0, 2, 1)
        size = np.sqrt(np.einsum("ckk->ck", gram))
        scale = size[:, :, None] * size[:, None]
        inverse = np.linalg.inv(gram / scale) / scale
        beta = inverse @ (weighted[:, 1:] @ y)
        residual = y - x.transpose(0, 2, 1) @ beta
        beta += inverse @ (weighted[:, 1:] @ residual)
        residual = y - x.transpose(0, 2, 1) @ beta
        own = (inverse[:, :1] @ weighted[:, 1:])[:, 0] * residual[:, :, 0]
        scores = own.reshape(many, units, times).sum(axis=2)
        coefficient = beta[:, 0, 0]
        error = np.sqrt((scores * scores).sum(axis=1) * self._factors(n_units))
        rest = np.einsum("cn,cn->c", residual[:, :, 0], residual[:, :, 0])
        whole = np.einsum("cn,cn->c", flat[:, 0], flat[:, 0])
        known = (rest > PERFECT**2 * whole) & (error > PERFECT * np.abs(coefficient))
        t = np.divide(coefficient, error, out=np.full(many, np.nan), where=known)
        return coefficient, t

    def _factors(self, n_units: np.ndarray) -> np.ndarray:
        sizes, place = np.unique(n_units, return_inverse=True)
        return np.array([self._factor(int(size)) for size in sizes])[place]

    def _factor(self, n_units: int) -> float:
        panel = self._panel
        counts = Counts(
            n_obs=n_units * panel.n_times,
            n_clusters=n_units,
            n_regressors=panel.n_regressors,
            n_units=n_units,
            n_times=panel.n_times,
            units_nested=True,
            times_nested=False,
            cluster_name=panel.cluster_name,
        )
        try:
            return variance_factor(counts)
        except ValueError:  # no residual degree of freedom
            return float("nan")
