"""The estimation sample: rows that are complete and can say something, and enough of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from oib_pipeline.estimation.columns import shown
from oib_pipeline.estimation.panel import Panel


def complete_rows(panel: Panel) -> Panel:
    """Return the panel without incomplete rows, rows of no weight, and singletons."""
    complete = np.isfinite(panel.arrays).all(axis=0)
    n_missing = int((~complete).sum())
    if panel.weights is not None:
        complete &= panel.weights > 0
    keep, n_singletons = _without_singletons(panel, complete)
    if keep.all():
        return panel
    unit, units = _recode(panel.unit[keep], panel.units)
    time, times = _recode(panel.time[keep], panel.times)
    cluster, n_clusters = unit, len(units)
    if panel.cluster is not panel.unit:
        cluster = np.unique(panel.cluster[keep], return_inverse=True)[1]
        n_clusters = int(cluster.max(initial=-1)) + 1
    return replace(
        panel,
        arrays=np.ascontiguousarray(panel.arrays[:, keep]),
        unit=unit,
        time=time,
        cluster=cluster,
        units=units,
        times=times,
        n_clusters=n_clusters,
        weights=None if panel.weights is None else panel.weights[keep],
        n_missing=n_missing,
        n_singletons=n_singletons,
    )


def _without_singletons(panel: Panel, keep: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the rows to keep and how many singletons were taken out, until none is left."""
    if panel.balanced and keep.all():
        return keep, 0
    before = int(keep.sum())
    while True:
        unit_rows = np.bincount(panel.unit[keep], minlength=panel.n_units)
        time_rows = np.bincount(panel.time[keep], minlength=panel.n_times)
        lone = keep & ((unit_rows == 1)[panel.unit] | (time_rows == 1)[panel.time])
        # with one period every unit is a singleton; let the sample check say that instead
        if not lone.any() or (time_rows > 0).sum() < 2 or (unit_rows > 0).sum() < 2:
            return keep, before - int(keep.sum())
        keep = keep & ~lone


def _recode(code: np.ndarray, labels: pd.Index) -> tuple[np.ndarray, pd.Index]:
    used, inverse = np.unique(code, return_inverse=True)
    return inverse, labels[used]


def check_sample(panel: Panel) -> Panel:
    """Return the panel if a two-way model can be asked of it, or raise saying why not."""
    outcome = panel.outcome
    if panel.n_obs == 0:
        raise ValueError(
            f"no complete row is left for outcome {outcome!r}: {panel.n_missing} have a missing "
            f"value in one of {', '.join(panel.names)}"
        )
    if panel.n_times < 2:
        raise ValueError(
            f"column {panel.time_name!r} (time) has one period, {shown(panel.times)}; "
            "effects of units need at least two"
        )
    if panel.n_units < 2:
        raise ValueError(f"column {panel.unit_name!r} (unit) has one unit, {shown(panel.units)}")
    if panel.n_clusters < 2:
        raise ValueError(
            f"column {panel.cluster_name!r} (cluster) has one cluster; "
            "clustered standard errors need at least two"
        )
    values = panel.arrays[0]
    if values.min() == values.max():
        raise ValueError(f"column {outcome!r} (outcome) is constant, {values[0]:g} in every row")
    return panel
