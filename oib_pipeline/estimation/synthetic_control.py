"""Synthetic control and its placebos."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from oib_pipeline.estimation.data.columns import check_columns, numbers


@dataclass(frozen=True, eq=False)
class SyntheticControl:
    """One unit beside its synthetic control.

    Parameters
    ----------
    unit
        The unit that is followed.
    weights
        Of each donor, not negative, summing to one; on donors' names, in their order.
    actual, synthetic
        The outcome and its counterpart, on the times in order.
    start
        First time of the policy.
    """

    unit: Hashable
    weights: pd.Series = field(repr=False)
    actual: pd.Series = field(repr=False)
    synthetic: pd.Series = field(repr=False)
    start: float

    @property
    def gap(self) -> pd.Series:
        """Actual less synthetic, by time."""
        return (self.actual - self.synthetic).rename("gap")

    @property
    def effect(self) -> float:
        """Mean gap from the policy's start on."""
        return float(self.gap[self.gap.index >= self.start].mean())

    @property
    def rmse_before(self) -> float:
        """Root mean square of the gap before the policy."""
        return float(np.sqrt((self.gap[self.gap.index < self.start] ** 2).mean()))

    def to_frame(self) -> pd.DataFrame:
        """One row a time: unit, time, actual, synthetic, gap."""
        return pd.DataFrame(
            {"actual": self.actual, "synthetic": self.synthetic, "gap": self.gap}
        ).assign(unit=self.unit)


# How heavily the weights' sum is held to one while the path is fitted; they are divided after.
SUM = 1e4
# Two paths that differ by less, in standard deviations of the outcome, are one.
EQUAL = 1e-7


def synthetic_control(
    data: pd.DataFrame,
    *,
    outcome: str,
    unit: str,
    time: str,
    treated: Hashable,
    start: float,
    donors: Sequence[Hashable] | None = None,
) -> SyntheticControl:
    """Return the weighted donors that come nearest to a unit's outcomes before the policy.

    w minimises |x_1 - X_0 w| over w >= 0, sum w = 1, with x the outcomes before ``start`` (Abadie,
    Diamond and Hainmueller 2010, outcomes as the only predictors). Where many w do, as with few
    times and many donors, the one with the least sum of w_j |x_1 - x_j|^2 is taken: donors near
    the unit itself, the limit of Abadie and L'Hour (2021) as their penalty vanishes. It is unique
    but for ties, and at most one donor more than there are times has weight.

    Parameters
    ----------
    data : pandas.DataFrame
        One row a unit and time. Not changed.
    outcome, unit, time : str
        Columns.
    treated
        The unit to be followed.
    start : float
        First time of the policy.
    donors : sequence, optional
        Units that may have weight; all others by default. Those without a value at some time of
        the unit's are left out.

    Returns
    -------
    SyntheticControl

    Raises
    ------
    ValueError
        Naming the cause: an unknown unit, fewer than two times before the policy, a missing value
        of the unit before it, fewer than two complete donors.
    """
    wide = _wide(data, outcome, unit, time)
    return _fitted(wide, treated, start, _names(wide, treated, donors))


def synthetic_placebos(
    data: pd.DataFrame,
    *,
    outcome: str,
    unit: str,
    time: str,
    start: float,
    donors: Sequence[Hashable],
) -> pd.DataFrame:
    """Return what the method finds for each donor, the others being its donors, as if treated.

    Returns
    -------
    pandas.DataFrame
        unit, effect (mean gap from ``start`` on), rmse_before; donors without a complete outcome
        are left out.
    """
    wide = _wide(data, outcome, unit, time)
    known = [name for name in donors if name in wide and wide[name].notna().all()]
    made = [_fitted(wide, name, start, [d for d in known if d != name]) for name in known]
    return pd.DataFrame(
        {
            "unit": known,
            "effect": [one.effect for one in made],
            "rmse_before": [one.rmse_before for one in made],
        }
    )


def _wide(data: pd.DataFrame, outcome: str, unit: str, time: str) -> pd.DataFrame:
    """Times x units, in order."""
    check_columns(data, {outcome: "outcome", unit: "unit", time: "time"})
    values = numbers(data, outcome, "outcome")
    twice = data.duplicated([unit, time])
    if twice.any():
        where = data.loc[twice, [unit, time]].iloc[0].tolist()
        raise ValueError(f"columns {unit!r}, {time!r}: {where} is there twice")
    rows = pd.DataFrame({time: data[time], unit: data[unit], outcome: values})
    return rows.pivot_table(index=time, columns=unit, values=outcome, dropna=False)


def _names(
    wide: pd.DataFrame, treated: Hashable, donors: Sequence[Hashable] | None
) -> list[Hashable]:
    if treated not in wide:
        raise ValueError(f"unit {treated!r} is not in the data")
    times = wide.index[wide[treated].notna()]
    offered = wide.columns if donors is None else [name for name in donors if name in wide]
    return [name for name in offered if name != treated and wide.loc[times, name].notna().all()]


def _fitted(
    wide: pd.DataFrame, treated: Hashable, start: float, donors: Sequence[Hashable]
) -> SyntheticControl:
    before = wide.index < start
    own = wide.loc[before, treated]
    if before.sum() < 2:
        raise ValueError(f"there are {before.sum()} times before {start}; at least two are needed")
    if own.isna().any():
        gap = own.index[own.isna()][0]
        raise ValueError(f"unit {treated!r} has no outcome at {gap}, before the policy")
    if len(donors) < 2:
        raise ValueError(f"unit {treated!r} has {len(donors)} complete donors; two are needed")
    paths = wide[list(donors)]
    weights = _weights(own.to_numpy(), paths[before].to_numpy())
    times = wide.index[wide[treated].notna()]
    return SyntheticControl(
        unit=treated,
        weights=pd.Series(weights, index=pd.Index(donors, name=wide.columns.name), name="weight"),
        actual=wide.loc[times, treated].rename("actual"),
        synthetic=(paths.loc[times] @ weights).rename("synthetic"),
        start=start,
    )


def _weights(own: np.ndarray, donors: np.ndarray) -> np.ndarray:
    """Weights (n,) of donors (times, n): the nearest path first, then the nearest donors."""
    from scipy.optimize import linprog, nnls

    scale = max(float(donors.std()), np.finfo(float).tiny)
    target, paths = own / scale, donors / scale
    level = paths.mean()
    target, paths = target - level, paths - level
    ones = np.full((1, paths.shape[1]), SUM)
    near, _ = nnls(np.vstack([paths, ones]), np.append(target, SUM))
    near /= near.sum()
    distance = ((paths - target[:, None]) ** 2).sum(axis=0)
    sharpest = linprog(
        distance,
        A_eq=np.vstack([paths, np.ones((1, paths.shape[1]))]),
        b_eq=np.append(paths @ near, 1.0),
        bounds=(0, None),
        method="highs-ds",
    )
    if sharpest.status != 0 or np.abs(paths @ (sharpest.x - near)).max() > EQUAL:
        return near
    weights = np.maximum(sharpest.x, 0)
    return weights / weights.sum()
