"""fit: PanelOLS or closed form behind one call."""

from __future__ import annotations

from typing import Literal

import numpy as np

from oib_pipeline.estimation.data.panel import Panel
from oib_pipeline.estimation.regression.demean import Within, check_collinear, residualise
from oib_pipeline.estimation.regression.vcov import (
    Fit,
    FitEngine,
    counts_of,
    defined_variance,
    small_sample_factor,
    weighted_norm,
)


def fit_closed_form(panel: Panel, effects: Within | None = None) -> Fit:
    """Return the fit by least squares on within-transformed columns, CR0 by cluster scores.

    beta = (X'WX)^-1 X'Wy, CR0 = (X'WX)^-1 (sum_g s_g s_g') (X'WX)^-1 with s_g = X_g'W_g e_g.
    ``effects`` is the within transformation of a panel with the same rows, where it is at hand.
    """
    within = residualise(panel, effects)
    check_collinear(panel, within)
    y, x = within[0], within[1:]
    weighted = x if panel.weights is None else x * panel.weights
    gram = weighted @ x.T
    size = np.sqrt(np.diag(gram))
    scale = np.outer(size, size)
    inverse = np.linalg.inv(gram / scale) / scale
    beta = inverse @ (weighted @ y)
    residual = y - beta @ x
    beta += inverse @ (weighted @ residual)  # one refinement undoes the squared condition
    residual = y - beta @ x
    scores = cluster_scores(panel, weighted, residual)
    bread = inverse @ scores
    y_weighted = y if panel.weights is None else y * panel.weights
    e_weighted = residual if panel.weights is None else residual * panel.weights
    left = float(e_weighted @ residual)
    r2 = 1 - left / float(y_weighted @ y)
    cr0 = defined_variance(bread @ bread.T, beta, left**0.5, weighted_norm(panel))
    return Fit(panel, beta, cr0, r2, "closed_form")


def cluster_scores(panel: Panel, x: np.ndarray, residual: np.ndarray) -> np.ndarray:
    """Return the sums over each cluster of x times residual, shape (k, G)."""
    if panel.cluster is panel.unit and panel.balanced:
        shape = (panel.n_units, panel.n_times)
        return np.einsum("knt,nt->kn", x.reshape(-1, *shape), residual.reshape(shape))
    sums = [np.bincount(panel.cluster, column * residual, panel.n_clusters) for column in x]
    return np.array(sums)


# Tables are PanelOLS's up to this many rows; beyond, it takes minutes where means take seconds.
PANELOLS_ROWS = 50_000


def fit(panel: Panel, engine: FitEngine | Literal["auto"] = "auto") -> Fit:
    """Return the two-way fit: PanelOLS up to ``PANELOLS_ROWS`` rows, the closed form beyond."""
    if engine == "auto":
        engine = "panelols" if panel.n_obs <= PANELOLS_ROWS else "closed_form"
    if engine not in ("panelols", "closed_form"):
        raise ValueError(f"engine must be 'auto', 'panelols' or 'closed_form', not {engine!r}")
    small_sample_factor(counts_of(panel))
    if engine == "panelols":
        from oib_pipeline.estimation.regression.panelols import fit_panelols

        return fit_panelols(panel)

    return fit_closed_form(panel)
