"""The panel door: a DataFrame and column names into a checked panel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from oib_pipeline.estimation.columns import check_columns, column_names, numbers
from oib_pipeline.estimation.keys import Keys, read_keys
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
    reader = PanelReader(data, unit, time, cluster)
    return reader.panel(outcome, regressors, extra, weights=weights, time_by=time_by)


class PanelReader:
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
