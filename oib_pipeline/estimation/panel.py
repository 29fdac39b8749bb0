"""A panel as sorted arrays, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd


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
