"""What unit effects leave of columns, and an orthonormal basis of the time effects."""

from __future__ import annotations

import numpy as np

from oib_pipeline.estimation.panel import Panel


def time_basis(panel: Panel) -> np.ndarray:
    """Return an orthonormal basis of time effects after unit effects, shape (< T, n).

    In the metric of the weights: columns are multiplied by their square root. Times that have no
    unit in common, even through others, have no column in common.
    """
    dummies = (panel.time == np.arange(panel.n_times)[:, None]).astype(float)
    dummies = without_unit_means(panel, dummies)
    gram = dummies @ dummies.T
    bases = []
    for times in _apart(gram):
        values, vectors = np.linalg.eigh(gram[np.ix_(times, times)])
        kept = values > 1e-10 * values.max()
        bases.append((vectors[:, kept] / np.sqrt(values[kept])).T @ dummies[times])
    return np.vstack(bases)


def _apart(gram: np.ndarray) -> list[np.ndarray]:
    """Return the sets of columns between which products (k, k) are zero, such as regions' times."""
    linked = gram != 0
    while not np.array_equal(linked, further := linked @ linked):
        linked = further
    return [np.flatnonzero(linked[first]) for first in np.unique(linked.argmax(axis=1))]


def without_unit_means(panel: Panel, values: np.ndarray) -> np.ndarray:
    """Return columns (v, n) less their unit means, times the square root of the weights."""
    weight = np.ones(panel.n_obs) if panel.weights is None else panel.weights
    unit_weight = np.bincount(panel.unit, weight)
    means = [np.bincount(panel.unit, weight * column) / unit_weight for column in values]
    out = values - np.array(means)[:, panel.unit]
    return out if panel.weights is None else out * np.sqrt(weight)
