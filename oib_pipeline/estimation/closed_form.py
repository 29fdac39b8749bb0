"""The engine of many fits and many rows: least squares on within-transformed columns."""

from __future__ import annotations

import numpy as np

from oib_pipeline.estimation.absorbed import check_collinear, residualise
from oib_pipeline.estimation.fitted import Fit, defined_variance, weighted_norm
from oib_pipeline.estimation.panel import Panel
from oib_pipeline.estimation.within import Within


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
    scores = cluster_sums(panel, weighted, residual)
    bread = inverse @ scores
    y_weighted = y if panel.weights is None else y * panel.weights
    e_weighted = residual if panel.weights is None else residual * panel.weights
    left = float(e_weighted @ residual)
    r2 = 1 - left / float(y_weighted @ y)
    cr0 = defined_variance(bread @ bread.T, beta, left**0.5, weighted_norm(panel))
    return Fit(panel, beta, cr0, r2, "closed_form")


def cluster_sums(panel: Panel, x: np.ndarray, residual: np.ndarray) -> np.ndarray:
    """Return the sums over each cluster of x times residual, shape (k, G)."""
    if panel.cluster is panel.unit and panel.balanced:
        shape = (panel.n_units, panel.n_times)
        return np.einsum("knt,nt->kn", x.reshape(-1, *shape), residual.reshape(shape))
    sums = [np.bincount(panel.cluster, column * residual, panel.n_clusters) for column in x]
    return np.array(sums)
