"""The restricted wild cluster bootstrap's statistics, for every hypothesised effect at once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from oib_pipeline.estimation.absorbed import check_collinear, residualise
from oib_pipeline.estimation.bases import time_basis
from oib_pipeline.estimation.convention import variance_factor
from oib_pipeline.estimation.fitted import ROUNDING, counts_of
from oib_pipeline.estimation.panel import Panel
from oib_pipeline.estimation.within import Within

POINTS = {
    "rademacher": np.array([-1.0, 1.0]),
    "webb": np.array([-np.sqrt(1.5), -1.0, -np.sqrt(0.5), np.sqrt(0.5), 1.0, np.sqrt(1.5)]),
}
CHUNK = 512
# |t*| this close to |t| counts as equal; with few clusters exact ties are common.
TIE = 1e-10


@dataclass(frozen=True, eq=False)
class BootstrapStatistics:
    """What any p-value needs: five numbers a draw.

    Under the null beta_0 the draw's t squared is (n0 - beta_0 n1)^2 / (f (q00 - 2 beta_0 q01 +
    beta_0^2 q11)), because restricted residuals are linear in beta_0.
    """

    estimate: float
    se: float
    numerator: np.ndarray
    quadratic: np.ndarray
    factor: float
    enumerated: bool

    def p(self, null: float = 0.0) -> float:
        """Return the two-sided p-value of the hypothesis that the effect is ``null``.

        Ties count against the hypothesis' rejection: p = #{|t*| >= |t|} / B when all B sign
        patterns are enumerated, the identity among them, and (1 + #{...}) / (1 + B) otherwise.
        """
        variance = self.quadratic.T @ np.array([1.0, -2 * null, null**2])
        top = (self.numerator[0] - null * self.numerator[1]) ** 2
        bar = ((self.estimate - null) / self.se) ** 2 * self.factor * (1 - TIE) ** 2
        defined = variance > 0
        exceed = int((top[defined] >= bar * variance[defined]).sum())
        total = int(defined.sum())
        if total == 0 or not self.se > 0:
            return float("nan")
        return exceed / total if self.enumerated else (1 + exceed) / (1 + total)


def bootstrap_statistics(
    panel: Panel, weight_type: str, draws: int, seed: int
) -> BootstrapStatistics:
    """Return the statistics of all draws for the panel's first regressor.

    With d and r treatment and outcome after effects and controls (d'd = D), u = r - beta_0 d the
    restricted residual and v a weight a cluster, the draw's estimate less beta_0 is sum_g v_g
    d_g'u_g / D, its score of cluster g is d_g'[M(v u)]_g - (beta* - beta_0) d_g'd_g, M removing
    effects and controls; t* uses the one convention's variance, as t does.
    """
    residual = residualise(panel)
    check_collinear(panel, residual)
    root = None if panel.weights is None else np.sqrt(panel.weights)
    scaled = residual if root is None else residual * root
    controls = np.ascontiguousarray(np.linalg.qr(scaled[2:].T)[0].T)
    pair = scaled[:2] - (scaled[:2] @ controls.T) @ controls
    d = pair[1]
    own = _sums(panel, d * d)
    total = own.sum()
    parts = [_Score(panel, d, u, controls, root) for u in pair]
    estimate = float(d @ pair[0] / total)
    factor = variance_factor(counts_of(panel))
    score = _sums(panel, d * (pair[0] - estimate * d))
    se = float(np.sqrt(factor * (score @ score)) / total)

    if se <= ROUNDING * abs(estimate):
        se = float("nan")
    points = POINTS[weight_type]
    enumerated = len(points) ** panel.n_clusters <= draws
    numerators, quadratics = [], []
    for v in _weights(points, panel.n_clusters, draws, seed, enumerated):
        y = [part(v) for part in parts]
        top = [scores.sum(axis=1) for scores in y]
        for scores, sums in zip(y, top, strict=True):
            scores -= (sums / total)[:, None] * own
        numerators.append(np.array(top))
        cross = [np.einsum("bg,bg->b", y[i], y[j]) for i, j in ((0, 0), (0, 1), (1, 1))]
        quadratics.append(np.array(cross))
    return BootstrapStatistics(
        estimate, se, np.hstack(numerators), np.hstack(quadratics), factor, enumerated
    )


class _Score:
    """d_g'[M(v u)]_g for weights v (b, G), shape (b, G)."""

    def __init__(
        self,
        panel: Panel,
        d: np.ndarray,
        u: np.ndarray,
        controls: np.ndarray,
        root: np.ndarray | None,
    ) -> None:
        self._own = _sums(panel, d * u)
        self._matrix: np.ndarray | None = None
        if panel.units_nested:
            # v is fixed within units, so unit effects leave v u as it is: M subtracts its
            # projection on time effects and controls, T + k numbers a draw
            basis = np.vstack([time_basis(panel), controls])
            self._left = np.array([_sums(panel, d * column) for column in basis])
            self._right = np.array([_sums(panel, u * column) for column in basis])
        else:
            self._matrix = _dense(panel, d, u, controls, root)

    def __call__(self, v: np.ndarray) -> np.ndarray:
        if self._matrix is not None:
            return v @ self._matrix.T
        return v * self._own - (v @ self._right.T) @ self._left


def _dense(
    panel: Panel, d: np.ndarray, u: np.ndarray, controls: np.ndarray, root: np.ndarray | None
) -> np.ndarray:
    """Return d_g'[M(e_h u)]_g for all pairs of clusters, shape (G, G)."""
    within = Within(panel)
    matrix = np.empty((panel.n_clusters, panel.n_clusters))
    for start in range(0, panel.n_clusters, CHUNK):
        clusters = np.arange(start, min(start + CHUNK, panel.n_clusters))
        block = (panel.cluster == clusters[:, None]) * (u if root is None else u / root)
        block = within(block)
        block = block if root is None else block * root
        block -= (block @ controls.T) @ controls
        matrix[:, clusters] = np.array([_sums(panel, d * row) for row in block]).T
    return matrix


def _sums(panel: Panel, values: np.ndarray) -> np.ndarray:
    return np.bincount(panel.cluster, values, panel.n_clusters)


def _weights(
    points: np.ndarray, n_clusters: int, draws: int, seed: int, enumerated: bool
) -> Iterator[np.ndarray]:
    """Yield weights (b, G): every combination of points, or random ones."""
    if enumerated:
        combinations = itertools.product(points, repeat=n_clusters)
        while some := list(itertools.islice(combinations, CHUNK)):
            yield np.array(some)
        return
    rng = np.random.default_rng(seed)
    for start in range(0, draws, CHUNK):
        yield points[rng.integers(len(points), size=(min(CHUNK, draws - start), n_clusters))]
