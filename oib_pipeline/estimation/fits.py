"""One fitted two-way model, by PanelOLS or in closed form, before any convention is applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from oib_pipeline.estimation.convention import Counts, convention_text, variance_factor
from oib_pipeline.estimation.panel import Panel
from oib_pipeline.estimation.within import Within

FitEngine = Literal["panelols", "closed_form"]

# A regressor whose norm falls below this share of its own once effects (or earlier regressors)
# are removed says nothing of its own; what is left is rounding.
ABSORBED, COLLINEAR = 1e-9, 1e-8
# Tables are PanelOLS's up to this many rows; beyond, it takes minutes where means take seconds.
PANELOLS_ROWS = 50_000


@dataclass(frozen=True)
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


def counts_of(panel: Panel) -> Counts:
    """Return what the standard-error convention counts in this panel."""
    return Counts(
        n_obs=panel.n_obs,
        n_clusters=panel.n_clusters,
        n_regressors=panel.n_regressors,
        n_units=panel.n_units,
        n_times=panel.n_times,
        units_nested=panel.units_nested,
        times_nested=panel.times_nested,
        cluster_name=panel.cluster_name,
    )


def fit(panel: Panel, engine: FitEngine | Literal["auto"] = "auto") -> Fit:
    """Return the two-way fit: PanelOLS up to ``PANELOLS_ROWS`` rows, the closed form beyond."""
    if engine == "auto":
        engine = "panelols" if panel.n_obs <= PANELOLS_ROWS else "closed_form"
    if engine not in ("panelols", "closed_form"):
        raise ValueError(f"engine must be 'auto', 'panelols' or 'closed_form', not {engine!r}")
    variance_factor(counts_of(panel))
    return fit_panelols(panel) if engine == "panelols" else fit_closed_form(panel)


def residualise(panel: Panel) -> np.ndarray:
    """Return outcome and regressors (1 + k, n) without effects, each checked to vary still.

    Raises
    ------
    ValueError
        Naming the outcome, or the first regressor, that the unit and time effects absorb.
    """
    raw = panel.arrays[: 1 + panel.n_regressors]
    within = Within(panel)(raw)
    for row, name in enumerate(panel.names[: len(raw)]):
        if norm(within[row]) <= ABSORBED * norm(raw[row]):
            role = "outcome" if row == 0 else "regressor"
            raise ValueError(
                f"column {name!r} ({role}) does not vary once unit and time effects are removed: "
                "it is zero, constant, the same at all times or the same for all units"
            )
    return within


def norm(vector: np.ndarray) -> float:
    """Return the Euclidean length."""
    return float(np.sqrt(vector @ vector))


def check_collinear(panel: Panel, within: np.ndarray) -> None:
    """Raise naming the first regressor that effects and earlier regressors determine.

    Parameters
    ----------
    panel : Panel
        For the names.
    within : numpy.ndarray
        Outcome and regressors without effects, shape (1 + k, n), metric of no weights.
    """
    scaled = within[1:] / np.sqrt(np.einsum("kn,kn->k", within[1:], within[1:]))[:, None]
    gram = scaled @ scaled.T
    for last in range(1, len(gram)):
        share = np.linalg.lstsq(gram[:last, :last], gram[:last, last], rcond=None)[0]
        left = scaled[last] - share @ scaled[:last]
        if norm(left) <= COLLINEAR * np.sqrt(last):
            others = ", ".join(repr(name) for name in panel.regressors[:last])
            raise ValueError(
                f"column {panel.regressors[last]!r} (control) is collinear: with unit and time "
                f"effects it is a combination of {others}; leave it out"
            )


def fit_panelols(panel: Panel) -> Fit:
    """Return the fit of ``linearmodels.PanelOLS`` with its smallest-sample CR0 variance."""
    import pandas as pd
    from linearmodels.panel import PanelOLS

    check_collinear(panel, residualise(panel))
    index = pd.MultiIndex.from_arrays([panel.unit, panel.time])
    columns = [f"x{position}" for position in range(panel.n_regressors)]
    x = pd.DataFrame(panel.arrays[1 : 1 + panel.n_regressors].T, index=index, columns=columns)
    y = pd.DataFrame({"y": panel.arrays[0]}, index=index)
    weights = None if panel.weights is None else pd.DataFrame({"w": panel.weights}, index=index)
    clusters = pd.DataFrame({"g": panel.cluster}, index=index)
    result = PanelOLS(y, x, entity_effects=True, time_effects=True, weights=weights).fit(
        cov_type="clustered",
        clusters=clusters,
        debiased=False,
        group_debias=False,
        auto_df=False,
        count_effects=False,
    )
    return Fit(
        panel,
        np.asarray(result.params, dtype=float),
        np.asarray(result.cov, dtype=float),
        float(result.rsquared),
        "panelols",
    )


def fit_closed_form(panel: Panel) -> Fit:
    """Return the fit by least squares on within-transformed columns, CR0 by cluster scores.

    beta = (X'WX)^-1 X'Wy, CR0 = (X'WX)^-1 (sum_g s_g s_g') (X'WX)^-1 with s_g = X_g'W_g e_g.
    """
    within = residualise(panel)
    check_collinear(panel, within)
    y, x = within[0], within[1:]
    weighted = x if panel.weights is None else x * panel.weights
    scale = np.sqrt(np.einsum("kn,kn->k", weighted, x))
    inverse = np.linalg.inv(weighted @ x.T / np.outer(scale, scale)) / np.outer(scale, scale)
    beta = inverse @ (weighted @ y)
    residual = y - beta @ x
    beta = beta + inverse @ (weighted @ residual)  # one refinement undoes the squared condition
    residual = y - beta @ x
    scores = cluster_sums(panel, weighted, residual)
    bread = inverse @ scores
    y_weighted = y if panel.weights is None else y * panel.weights
    e_weighted = residual if panel.weights is None else residual * panel.weights
    r2 = 1 - float(e_weighted @ residual) / float(y_weighted @ y)
    return Fit(panel, beta, bread @ bread.T, r2, "closed_form")


def cluster_sums(panel: Panel, x: np.ndarray, residual: np.ndarray) -> np.ndarray:
    """Return the sums over each cluster of x times residual, shape (k, G)."""
    if panel.cluster is panel.unit and panel.balanced:
        shape = (panel.n_units, panel.n_times)
        return np.einsum("knt,nt->kn", x.reshape(-1, *shape), residual.reshape(shape))
    sums = [np.bincount(panel.cluster, column * residual, panel.n_clusters) for column in x]
    return np.array(sums)
