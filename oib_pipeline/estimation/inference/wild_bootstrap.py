"""Restricted wild cluster bootstrap, weights, inversion."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from oib_pipeline.estimation.data.columns import column_names, whole_number
from oib_pipeline.estimation.data.panel import Panel, panel_from_frame
from oib_pipeline.estimation.data.treatment import Staggered, hold_one_start
from oib_pipeline.estimation.regression.demean import (
    Within,
    check_collinear,
    residualise,
    time_basis,
)
from oib_pipeline.estimation.regression.vcov import ROUNDING, counts_of, small_sample_factor

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
    factor = small_sample_factor(counts_of(panel))
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


# Ends of the interval are found to this share of a standard error.
PRECISION = 1e-6


@dataclass(frozen=True)
class WildBootstrap:
    """Bootstrap p-value of no effect, and the interval of effects it does not reject.

    An end is infinite where no effect on that side is rejected, as with very few clusters.
    """

    outcome: str
    term: str
    estimate: float
    se: float
    t: float
    p: float
    ci_low: float
    ci_high: float
    level: float
    weight_type: str
    draws: int
    enumerated: bool
    seed: int
    n_obs: int
    n_clusters: int

    @property
    def interval(self) -> tuple[float, float]:
        """Both ends."""
        return self.ci_low, self.ci_high

    @property
    def convention(self) -> str:
        """How the p-value came about, in words."""
        how = f"all {self.draws}" if self.enumerated else f"{self.draws} draws of"
        return f"wild cluster bootstrap, null imposed, {how} {self.weight_type} weights"

    def to_frame(self, model: str | None = None) -> pd.DataFrame:
        """Return one long-shaped row."""
        table = pd.DataFrame(
            {
                "outcome": [self.outcome],
                "term": [self.term],
                "estimate": [self.estimate],
                "se": [self.se],
                "t": [self.t],
                "p": [self.p],
                "ci_low": [self.ci_low],
                "ci_high": [self.ci_high],
                "n_obs": [self.n_obs],
                "n_clusters": [self.n_clusters],
                "r2_within": [np.nan],
                "convention": [self.convention],
                "draws": [self.draws],
            }
        )
        if model is not None:
            table.insert(1, "model", model)
        return table


def wild_cluster_bootstrap(
    data: pd.DataFrame,
    *,
    outcome: str,
    treatment: str,
    unit: str,
    time: str,
    controls: Sequence[str] = (),
    cluster: str | None = None,
    weights: str | None = None,
    draws: int = 9999,
    seed: int = 0,
    weight_type: str = "rademacher",
    level: float = 0.95,
    staggered: Staggered = "refuse",
) -> WildBootstrap:
    """Return p-value and interval of the restricted wild cluster bootstrap-t.

    Cameron, Gelbach and Miller (2008): residuals of the model with the null imposed are
    multiplied by one random weight a cluster, the model is refitted, and |t| is compared with
    the draws' |t*|. Weights: Rademacher (-1, 1) or the six points of Webb (2023). Where all
    patterns number no more than ``draws`` (13 clusters at 9,999 for Rademacher), each is used
    once. Draws tying with |t| (relative 1e-10) count as exceeding it: p = #/B when enumerated,
    where the true pattern is one of the B, else (1 + #)/(1 + B). The interval holds the effects
    whose own restricted bootstrap gives p > 1 - level, its ends searched outward from the
    estimate.

    Parameters
    ----------
    data, outcome, treatment, unit, time, controls, cluster, weights, level, staggered
        As in :func:`twfe`.
    draws, seed : int
        Number of bootstrap draws, and the seed they come from.
    weight_type : {"rademacher", "webb"}

    Returns
    -------
    WildBootstrap

    Raises
    ------
    ValueError
        As :func:`twfe`; an unknown weight type; draws that are not a positive whole number.
    """
    if weight_type not in POINTS:
        raise ValueError(f"weight_type must be 'rademacher' or 'webb', not {weight_type!r}")
    draws, seed = whole_number(draws, "draws", 1), whole_number(seed, "seed", 0)
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level!r}")
    panel = panel_from_frame(
        data,
        outcome=outcome,
        regressors=(treatment, *column_names(controls, "controls")),
        unit=unit,
        time=time,
        cluster=cluster,
        weights=weights,
    )
    if not panel.column(treatment).any():
        raise ValueError(
            f"column {treatment!r} (treatment): no treated unit, it is zero everywhere"
        )
    hold_one_start(panel, treatment, staggered)
    statistics = bootstrap_statistics(panel, weight_type, draws, seed)
    low, high = interval(statistics, level)
    return WildBootstrap(
        outcome=outcome,
        term=treatment,
        estimate=statistics.estimate,
        se=statistics.se,
        t=statistics.estimate / statistics.se if statistics.se > 0 else np.nan,
        p=statistics.p(),
        ci_low=low,
        ci_high=high,
        level=level,
        weight_type=weight_type,
        draws=statistics.numerator.shape[1],
        enumerated=statistics.enumerated,
        seed=seed,
        n_obs=panel.n_obs,
        n_clusters=panel.n_clusters,
    )


def interval(statistics: BootstrapStatistics, level: float) -> tuple[float, float]:
    """Return the ends of the set of effects that are not rejected at 1 - level."""
    if not statistics.se > 0:
        return float("nan"), float("nan")
    return tuple(_end(statistics.p, statistics, side, 1 - level) for side in (-1.0, 1.0))  # type: ignore[return-value]


def _end(
    p: Callable[[float], float], statistics: BootstrapStatistics, side: float, alpha: float
) -> float:
    """Return where p falls to alpha on one side of the estimate, infinite where it never does."""
    inside, step = 0.0, 1.0
    while p(statistics.estimate + side * step * statistics.se) > alpha:
        inside, step = step, 2 * step
        if step > 2**30:
            return side * float("inf")
    outside = step
    while outside - inside > PRECISION:
        middle = (inside + outside) / 2
        if p(statistics.estimate + side * middle * statistics.se) > alpha:
            inside = middle
        else:
            outside = middle
    return statistics.estimate + side * inside * statistics.se
