"""DataFrame to Panel of sorted arrays; complete cases, singletons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from oib_pipeline.estimation.data.columns import (
    check_columns,
    codes,
    column_names,
    label_text,
    numbers,
)


@dataclass(frozen=True, eq=False)
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
    def blocks(self) -> np.ndarray | None:
        """Block of each unit (N,) where units and times fall into balanced blocks, else None.

        Time effects of groups of units, such as region by year, make a block of each group.
        """
        if self.balanced:
            return np.zeros(self.n_units, dtype=np.int64)
        start = np.flatnonzero(np.diff(self.unit, prepend=-1))
        first = self.time[start]  # rows are sorted: a unit's own first time names its block
        of_time = np.full(self.n_times, -1)
        of_time[self.time] = first[self.unit]
        if not np.array_equal(of_time[self.time], first[self.unit]):
            return None
        cells = np.bincount(first, minlength=self.n_times) @ np.bincount(
            of_time, minlength=self.n_times
        )
        return np.unique(first, return_inverse=True)[1] if cells == self.n_obs else None

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


def _nested(inner: np.ndarray, outer: np.ndarray, n_inner: int) -> bool:
    """Return whether every inner group lies within one outer group."""
    first = np.zeros(n_inner, dtype=outer.dtype)
    first[inner] = outer
    return bool((first[inner] == outer).all())


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
            f"the first {label_text(units, unit[row])}, {label_text(times, time[row])}"
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
            f"column {panel.time_name!r} (time) has one period, {label_text(panel.times)}; "
            "effects of units need at least two"
        )
    if panel.n_units < 2:
        raise ValueError(
            f"column {panel.unit_name!r} (unit) has one unit, {label_text(panel.units)}"
        )
    if panel.n_clusters < 2:
        raise ValueError(
            f"column {panel.cluster_name!r} (cluster) has one cluster; "
            "clustered standard errors need at least two"
        )
    values = panel.arrays[0]
    if values.min() == values.max():
        raise ValueError(f"column {outcome!r} (outcome) is constant, {values[0]:g} in every row")
    return panel


def panel_from_frame(
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
    reader = PanelBuilder(data, unit, time, cluster)
    return reader.panel(outcome, regressors, extra, weights=weights, time_by=time_by)


class PanelBuilder:
    """The door of one frame: what several panels of it have in common is read once."""

    def __init__(
        self, data: pd.DataFrame, unit: str, time: str, cluster: str | None = None
    ) -> None:
        self._data, self._unit, self._time = data, unit, time
        self._cluster = cluster
        self._keys: dict[str | None, Keys] = {}
        self._columns: dict[str, np.ndarray] = {}

    def panel(
        self,
        outcome: str,
        regressors: Sequence[str] = (),
        extra: Sequence[str] = (),
        *,
        weights: str | None = None,
        time_by: str | None = None,
    ) -> Panel:
        """Return a panel of the frame, as :func:`read_panel`."""
        data, unit, time, cluster = self._data, self._unit, self._time, self._cluster
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
        if time_by not in self._keys:
            self._keys[time_by] = read_keys(data, unit, time, cluster, time_by)
        keys = self._keys[time_by]
        for name in names:
            if name not in self._columns:
                array = numbers(data, name, roles[name])
                self._columns[name] = array if keys.order is None else array[keys.order]
        panel = Panel(
            names=names,
            n_regressors=len(regressors),
            arrays=np.array([self._columns[name] for name in names]),
            unit=keys.unit,
            time=keys.time,
            cluster=keys.cluster,
            units=keys.units,
            times=keys.times,
            n_clusters=keys.n_clusters,
            unit_name=unit,
            time_name=time,
            cluster_name=cluster or unit,
            weights=None if weights is None else _weights(data, weights, keys.order),
        )
        return check_sample(complete_rows(panel))


def _weights(data: pd.DataFrame, name: str, order: np.ndarray | None) -> np.ndarray:
    weight = numbers(data, name, "weights")
    if not (weight >= 0).all():
        raise ValueError(f"column {name!r} (weights) must hold no negative or missing value")
    return weight.copy() if order is None else weight[order]
