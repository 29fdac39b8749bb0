"""One fitted two-way model, whichever engine fitted it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from oib_pipeline.estimation.convention import Counts, convention_text, variance_factor
from oib_pipeline.estimation.panel import Panel

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
        return self.cr0 * variance_factor(self.counts)

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
