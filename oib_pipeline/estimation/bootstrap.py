"""The wild cluster bootstrap, for inference with few treated or few clusters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from oib_pipeline.estimation.arguments import whole_number
from oib_pipeline.estimation.bootstrap_engine import (
    POINTS,
    BootstrapStatistics,
    bootstrap_statistics,
)
from oib_pipeline.estimation.columns import column_names
from oib_pipeline.estimation.door import read_panel
from oib_pipeline.estimation.starts import Staggered, hold_one_start

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
    panel = read_panel(
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
