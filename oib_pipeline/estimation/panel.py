"""The panel door: a DataFrame and column names into checked, sorted arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from oib_pipeline.estimation.columns import check_columns, codes, column_names, numbers, shown


@dataclass(frozen=True)
class Panel:
    """A validated panel of n rows, N units and T times, sorted by unit, then time.

    ``arrays`` has shape (v, n): the outcome, the k regressors, then any extra columns, in the
    order of ``names``. ``unit``, ``time`` and ``cluster`` are codes of shape (n,); ``weights``
    is None or of shape (n,). ``n_missing`` rows were left out because a value is missing,
    ``n_singletons`` because their unit or time has no other row.
    """

    names: tuple[str, ...]
    n_regressors: int
    arrays: np.ndarray
    unit: np.ndarray
    time: np.ndarray
    cluster: np.ndarray
    units: pd.Index
    times: pd.Index
    n_clusters: int
    unit_name: str
    time_name: str
    cluster_name: str
    weights: np.ndarray | None = None
    n_missing: int = 0
    n_singletons: int = 0

    @property
    def outcome(self) -> str:
        """Name of the outcome column."""
        return self.names[0]

    @property
    def regressors(self) -> tuple[str, ...]:
        """Names of the k regressors."""
        return self.names[1 : 1 + self.n_regressors]

    @property
    def n_obs(self) -> int:
        """Rows in the estimation sample."""
        return int(self.arrays.shape[1])

    @property
    def n_units(self) -> int:
        """N."""
        return len(self.units)

    @property
    def n_times(self) -> int:
        """T."""
        return len(self.times)

    @property
    def balanced(self) -> bool:
        """Whether every unit is there at every time (keys are unique, so counting suffices)."""
        return self.n_obs == self.n_units * self.n_times

    @cached_property
    def units_nested(self) -> bool:
        """Whether every unit lies within one cluster."""
        return self.cluster is self.unit or _nested(self.unit, self.cluster, self.n_units)

    @cached_property
    def times_nested(self) -> bool:
        """Whether every time lies within one cluster."""
        return self.cluster is not self.unit and _nested(self.time, self.cluster, self.n_times)

    def column(self, name: str) -> np.ndarray:
        """Return one column, shape (n,)."""
        return self.arrays[self.names.index(name)]

    def with_regressors(self, names: Sequence[str], values: np.ndarray) -> Panel:
        """Return the panel with regressors replaced by ``values`` (k, n); extras are dropped."""
        stacked = np.vstack([self.arrays[:1], values])
        return replace(self, names=(self.outcome, *names), n_regressors=len(values), arrays=stacked)


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
) -> Panel:
    """Return the panel of a frame with one row a unit and time, balanced or not.

    Rows with a missing outcome, regressor or extra value, and rows of weight zero, are left out
    and counted; then rows whose unit or time has no other row (singletons, which say nothing
    about a two-way model), as fixest, pyfixest and reghdfe do. The frame is not changed.

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
    roles |= {name: role for name, role in ((cluster, "cluster"), (weights, "weights")) if name}
    check_columns(data, roles)
    names = (outcome, *regressors, *extra)
    if data.empty:
        raise ValueError(f"no rows to estimate {outcome!r} on")

    unit_code, units = codes(data, unit, "unit")
    time_code, times = codes(data, time, "time")
    order = _key_order(data, unit_code, time_code, units, times, (unit, time))
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
    return _check_sample(_complete_rows(panel))


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


def _complete_rows(panel: Panel) -> Panel:
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


def _nested(inner: np.ndarray, outer: np.ndarray, n_inner: int) -> bool:
    """Return whether every inner group lies within one outer group."""
    first = np.zeros(n_inner, dtype=outer.dtype)
    first[inner] = outer
    return bool((first[inner] == outer).all())


def _check_sample(panel: Panel) -> Panel:
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
