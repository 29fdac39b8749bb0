"""Weighted fits of many redrawn matches at once, on balanced panels and others."""

from __future__ import annotations

import numpy as np

from oib_pipeline.estimation.convention import Counts, variance_factor
from oib_pipeline.estimation.matched_samples import Drawn, MatchedSamples
from oib_pipeline.estimation.panel import Panel

# Draws are fitted some at a time, so that what belongs to one of them stays in cache.
CELLS = 60_000
# What is left of a column, or of a collinear set of them, must lie far above what the fit of one
# draw refuses, and far above rounding; a draw below goes to that fit, which decides.
ABSORBED, LEFT, APART, EVEN, PERFECT = 1e-6, 1e-6, 1e-6, 1e-12, 1e-9
# Room for products of columns, two by two, that sums over rows are worth.
PRODUCTS = 20_000_000


def worth_it(panel: Panel) -> bool:
    """Return whether the products that draws share are few enough to be kept."""
    columns = panel.n_regressors + panel.n_times
    return panel.n_units * panel.n_times * columns * (columns + 1) // 2 <= PRODUCTS


class MatchFits:
    """Coefficient and t of treated sets on one panel, given the weight of each row.

    Of a draw only the treatment s_i p_it and the weights are new, so that its normal equations
    are sums over products of columns that all draws share. Unit effects are concentrated out of
    them, then time effects (see :class:`MatchedSamples`); S is what is left for outcome y and
    regressors x = (treatment, controls). beta = S_xx^-1 S_xy, refined once by the residual's own
    sums; u_i = sum_t w_it d_it e_it with d the first row of S_xx^-1 times the columns without
    effects; t = beta_1 / sqrt(f sum_i u_i^2), f the factor of the one convention.
    """

    def __init__(self, panel: Panel, post: np.ndarray) -> None:
        self._panel = panel
        self._samples = MatchedSamples(panel, post)
        self.at_once = max(1, CELLS // (panel.n_units * panel.n_times))

    def __call__(self, treated: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return coefficients and t of sets (c, N) with weights (c, n); NaN where in doubt."""
        found = np.full((2, len(treated)), np.nan)
        for start in range(0, len(treated), self.at_once):
            some = slice(start, start + self.at_once)
            drawn = self._samples(treated[some], weights[some])
            sure = self._sure(drawn)
            if sure.any():
                found[:, start + np.flatnonzero(sure)] = self._fit(drawn.only(sure))
        return found[0], found[1]

    def _sure(self, drawn: Drawn) -> np.ndarray:
        """Which draws are far from a column that effects absorb and from collinear ones."""
        left = np.einsum("cvv->cv", drawn.left)
        sure = drawn.connected & (left > LEFT * drawn.before).all(axis=1)
        sure &= (left > ABSORBED**2 * self._samples.lengths * drawn.heaviest[:, None]).all(axis=1)
        size = np.sqrt(np.where(sure[:, None], left, 1.0))[:, 1:]
        gram = drawn.left[:, 1:, 1:] / (size[:, :, None] * size[:, None])
        gram[~sure] = np.eye(gram.shape[1])
        apart = np.linalg.eigvalsh(gram)[:, 0]
        return sure & (apart > APART) & (apart * drawn.lightest > EVEN * drawn.heaviest)

    def _fit(self, drawn: Drawn) -> tuple[np.ndarray, np.ndarray]:
        gram = drawn.left[:, 1:, 1:]
        size = np.sqrt(np.einsum("ckk->ck", gram))
        scale = size[:, :, None] * size[:, None]
        inverse = np.linalg.inv(gram / scale) / scale
        beta = (inverse @ drawn.left[:, 1:, :1])[:, :, 0]
        rest = self._samples.residual(drawn, beta)
        # one refinement undoes what was lost when effects were taken out of sums
        change, times = self._samples.unexplained(drawn, rest)
        beta = beta + (inverse @ change[:, :, None])[:, :, 0]
        residual = self._samples.residual(drawn, beta, times)
        weighted = drawn.weights * residual
        own = self._samples.combined(drawn, inverse[:, 0])
        scores = np.einsum("cnt,cnt->cn", own, weighted)
        coefficient = beta[:, 0]
        error = np.sqrt((scores * scores).sum(axis=1) * self._factors(drawn))
        square = np.einsum("cnt,cnt->c", weighted, residual)
        known = (square > PERFECT**2 * drawn.length) & (error > PERFECT * np.abs(coefficient))
        t = np.divide(coefficient, error, out=np.full(len(beta), np.nan), where=known)
        return coefficient, t

    def _factors(self, drawn: Drawn) -> np.ndarray:
        kinds, place = np.unique(drawn.counts, axis=0, return_inverse=True)
        return np.array([self._factor(*map(int, kind)) for kind in kinds])[place.ravel()]

    def _factor(self, n_obs: int, n_units: int, n_times: int) -> float:
        counts = Counts(
            n_obs=n_obs,
            n_clusters=n_units,
            n_regressors=self._panel.n_regressors,
            n_units=n_units,
            n_times=n_times,
            units_nested=True,
            times_nested=False,
            cluster_name=self._panel.cluster_name,
        )
        try:
            return variance_factor(counts)
        except ValueError:  # no residual degree of freedom
            return float("nan")
