"""A fit, its clustered variance, the small-sample factor and degrees of freedom."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import Literal

import numpy as np

from oib_pipeline.estimation.data.panel import Panel


@dataclass(frozen=True)
class Counts:
    """What the convention counts: n rows, G clusters, k regressors, N units, T times, nesting."""

    n_obs: int
    n_clusters: int
    n_regressors: int
    n_units: int
    n_times: int
    units_nested: bool
    times_nested: bool
    cluster_name: str


def effects_counted(counts: Counts) -> int:
    """Return how many effects use up a degree of freedom.

    Of N + T - 1 two-way effects those nested in the clusters are not counted, but for one: T when
    units are nested (the usual case), N when times are, N + T - 1 when neither is.
    """
    total = counts.n_units + counts.n_times - 1
    total -= (counts.n_units - 1) * counts.units_nested
    return total - (counts.n_times - 1) * counts.times_nested


def small_sample_factor(counts: Counts) -> float:
    """Return G/(G-1) x (n-1)/(n-k-E), what a CR0 variance is multiplied by.

    E is :func:`effects_counted`. This is what fixest, pyfixest (``ssc(k_adj=True,
    k_fixef="nonnested", G_adj=True, G_df="min")``, its default) and reghdfe report.

    Raises
    ------
    ValueError
        If no residual degree of freedom is left.
    """
    left = counts.n_obs - counts.n_regressors - effects_counted(counts)
    if left <= 0:
        raise ValueError(
            f"{counts.n_obs} rows are too few for {counts.n_regressors} regressor(s) and "
            f"{effects_counted(counts)} effects; no residual degree of freedom is left"
        )
    groups = counts.n_clusters
    return groups / (groups - 1) * (counts.n_obs - 1) / left


def panelols_factor(counts: Counts) -> float:
    """Return n/(n-k-N-T+1), the factor of ``PanelOLS``'s default clustered variance."""
    left = counts.n_obs - counts.n_regressors - counts.n_units - counts.n_times + 1
    return counts.n_obs / left if left > 0 else math.nan


def convention_text(counts: Counts) -> str:
    """Return the sentence that goes under every table."""
    if counts.units_nested and counts.times_nested:
        effects = "1"
    elif counts.units_nested:
        effects = "T"
    elif counts.times_nested:
        effects = "N"
    else:
        effects = "N-T+1"
    return (
        f"clustered by {counts.cluster_name}: CR0 x G/(G-1) x (n-1)/(n-k-{effects}), "
        f"effects nested in clusters not counted; t with G-1 = {counts.n_clusters - 1} df"
    )


def t_statistic(estimate: np.ndarray, se: np.ndarray) -> np.ndarray:
    """Return estimate / se, NaN where the error is zero or undefined."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(se > 0, estimate / se, np.nan)


def p_value(t: np.ndarray, df: int | np.ndarray) -> np.ndarray:
    """Return the two-sided p of t with ``df`` degrees of freedom."""
    from scipy.special import stdtr

    return np.asarray(2 * stdtr(df, -np.abs(t)))


def t_quantile(level: float, df: int) -> float:
    """Return the critical value of a two-sided interval of this level."""
    from scipy.special import stdtrit

    if not isinstance(level, Real) or not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level!r}")
    return float(stdtrit(df, 0.5 + level / 2))


FitEngine = Literal["panelols", "closed_form"]

# Errors and residuals below this share of what they belong to are rounding.
ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Fit:
    """Coefficients (k,), CR0 variance (k, k) and what the convention needs to know."""

    panel: Panel
    coefficients: np.ndarray
    cr0: np.ndarray
    r2_within: float
    engine: FitEngine

    @property
    def counts(self) -> Counts:
        """What the standard-error convention counts."""
        return counts_of(self.panel)

    @property
    def covariance(self) -> np.ndarray:
        """Variance (k, k) under the one convention."""
        return self.cr0 * small_sample_factor(self.counts)

    @property
    def convention(self) -> str:
        """The convention in words."""
        return convention_text(self.counts)


def defined_variance(
    cr0: np.ndarray, coefficients: np.ndarray, residual: float, outcome: float
) -> np.ndarray:
    """Return a variance (k, k), NaN where what was computed is rounding and no estimate of it.

    So it is for all coefficients where the model fits the outcome exactly (norms of residual and
    outcome), and for one whose clusters' scores all vanish, as with one treated and one control.
    """
    if residual <= ROUNDING * outcome:
        return np.full_like(cr0, np.nan)
    lost = np.sqrt(np.diag(cr0)) <= ROUNDING * np.abs(coefficients)
    return np.where(lost[:, None] | lost, np.nan, cr0)


def weighted_norm(panel: Panel) -> float:
    """Return the length of the outcome in the metric of the weights."""
    y = panel.arrays[0]
    return float(np.sqrt(y @ (y if panel.weights is None else y * panel.weights)))


def counts_of(panel: Panel, extra_regressors: int = 0) -> Counts:
    """Return what the convention counts in this panel, with regressors it does not hold yet."""
    return Counts(
        n_obs=panel.n_obs,
        n_clusters=panel.n_clusters,
        n_regressors=panel.n_regressors + extra_regressors,
        n_units=panel.n_units,
        n_times=panel.n_times,
        units_nested=panel.units_nested,
        times_nested=panel.times_nested,
        cluster_name=panel.cluster_name,
    )
