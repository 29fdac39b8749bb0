"""The keys of a frame: codes of its units, times and clusters, in their order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from oib_pipeline.estimation.columns import codes, shown


@dataclass(frozen=True, eq=False)
class Keys:
    """Codes (n,) of units, times and clusters in their order, and the labels behind them."""

    unit: np.ndarray
    time: np.ndarray
    cluster: np.ndarray
    units: pd.Index
    times: pd.Index
    n_clusters: int
    order: np.ndarray | None


def read_keys(
    data: pd.DataFrame, unit: str, time: str, cluster: str | None, time_by: str | None
) -> Keys:
    """Return the keys of a frame, refused where one is missing or given twice."""
    unit_code, units = codes(data, unit, "unit")
    time_code, times = codes(data, time, "time")
    order = _key_order(data, unit_code, time_code, units, times, (unit, time))
    if time_by is not None:
        time_code, times = _times_by_group(data, time_by, time_code, times)
    if order is not None:
        unit_code, time_code = unit_code[order], time_code[order]
    cluster_code, n_clusters = unit_code, len(units)
    if cluster is not None and cluster != unit:
        cluster_code, labels = codes(data, cluster, "cluster")
        cluster_code = cluster_code if order is None else cluster_code[order]
        n_clusters = len(labels)
    return Keys(unit_code, time_code, cluster_code, units, times, n_clusters, order)


def _key_order(
    data: pd.DataFrame,
    unit: np.ndarray,
    time: np.ndarray,
    units: pd.Index,
    times: pd.Index,
    names: tuple[str, str],
) -> np.ndarray | None:
    """Return the order that sorts rows by unit and time, or None when they are sorted."""
    key = unit * len(times) + time
    steps = np.diff(key)
    if (steps > 0).all():
        return None
    order = np.argsort(key, kind="stable")
    repeated = np.flatnonzero(np.diff(key[order]) == 0)
    if repeated.size:
        row = order[repeated[0]]
        raise ValueError(
            f"columns {names[0]!r}, {names[1]!r}: {repeated.size} row(s) repeat a unit and time, "
            f"the first {shown(units, unit[row])}, {shown(times, time[row])}"
        )
    return order


def _times_by_group(
    data: pd.DataFrame, name: str, time: np.ndarray, times: pd.Index
) -> tuple[np.ndarray, pd.Index]:
    """Return codes and labels of the times of each group that occur."""
    group, groups = codes(data, name, "group of times")
    used, code = np.unique(group * len(times) + time, return_inverse=True)
    pairs = [(groups[cell // len(times)], times[cell % len(times)]) for cell in used]
    return code, pd.Index([f"{group} {time}" for group, time in pairs])
