"""The panel door: a DataFrame and column names into a checked panel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from oib_pipeline.estimation.columns import check_columns, codes, column_names, numbers, shown
from oib_pipeline.estimation.panel import Panel
from oib_pipeline.estimation.sample import check_sample, complete_rows


def read_panel(
    data: pd.DataFrame,
    *,
    outcome: str,
    regressors: Sequence[str] = (),
    unit: str,
    time: str,
    cluster: str | None = None,
    weights: str | None = None,
    extra: Sequence[str] = (),
    time_by: str | None = None,
) -> Panel:
    """Return the panel of a frame with one row a unit and time, balanced or not.

    Rows with a missing outcome, regressor or extra value, and rows of weight zero, are left out
    and counted; then rows whose unit or time has no other row (singletons, which say nothing
    about a two-way model), as fixest, pyfixest and reghdfe do. With ``time_by`` time effects are
    those of each of its groups, such as region by year. The frame is not changed.

    Raises
    ------
    ValueError
        A column that is missing, repeated, not numeric or infinite; a missing unit, time or
        cluster; a key given twice; no rows left; one unit, period or cluster; a constant outcome.
    """
    regressors = column_names(regressors, "regressors")
    extra = tuple(name for name in extra if name not in (outcome, *regressors))
    roles = dict.fromkeys(extra, "assignment") | dict.fromkeys(regressors, "regressor")
    if outcome in regressors:
        raise ValueError(f"column {outcome!r} is both the outcome and a regressor")
    roles |= {outcome: "outcome", unit: "unit", time: "time"}
    others = ((cluster, "cluster"), (weights, "weights"), (time_by, "group of times"))
    roles |= {name: role for name, role in others if name}
    check_columns(data, roles)
    names = (outcome, *regressors, *extra)
    if data.empty:
        raise ValueError(f"no rows to estimate {outcome!r} on")

    unit_code, units = codes(data, unit, "unit")
    time_code, times = codes(data, time, "time")
    order = _key_order(data, unit_code, time_code, units, times, (unit, time))
    if time_by is not None:
        time_code, times = _times_by_group(data, time_by, time_code, times)
    values = np.empty((len(names), len(data)))
    for row, name in enumerate(names):
        array = numbers(data, name, roles[name])
        values[row] = array if order is None else array[order]
    if order is not None:
        unit_code, time_code = unit_code[order], time_code[order]
    cluster_code, n_clusters = unit_code, len(units)
    if cluster is not None and cluster != unit:
        cluster_code, labels = codes(data, cluster, "cluster")
        cluster_code = cluster_code if order is None else cluster_code[order]
        n_clusters = len(labels)
    weight = None if weights is None else _weights(data, weights, order)

    panel = Panel(
        names=names,
        n_regressors=len(regressors),
        arrays=values,
        unit=unit_code,
        time=time_code,
        cluster=cluster_code,
        units=units,
        times=times,
        n_clusters=n_clusters,
        unit_name=unit,
        time_name=time,
        cluster_name=cluster or unit,
        weights=weight,
    )
    return check_sample(complete_rows(panel))


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


def _weights(data: pd.DataFrame, name: str, order: np.ndarray | None) -> np.ndarray:
    weight = numbers(data, name, "weights")
    if not (weight >= 0).all():
        raise ValueError(f"column {name!r} (weights) must hold no negative or missing value")
    return weight.copy() if order is None else weight[order]


def _times_by_group(
    data: pd.DataFrame, name: str, time: np.ndarray, times: pd.Index
) -> tuple[np.ndarray, pd.Index]:
    """Return codes and labels of the times of each group that occur."""
    group, groups = codes(data, name, "group of times")
    used, code = np.unique(group * len(times) + time, return_inverse=True)
    pairs = [(groups[cell // len(times)], times[cell % len(times)]) for cell in used]
    return code, pd.Index([f"{group} {time}" for group, time in pairs])
