"""When a treatment starts: one two-way model takes one start for all units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from oib_pipeline.estimation.columns import shown
from oib_pipeline.estimation.panel import Panel

Staggered = Literal["refuse", "allow"]
FEW = 6


def hold_one_start(panel: Panel, treatment: str, staggered: Staggered = "refuse") -> None:
    """Raise unless every treated unit can have started at one time and stayed treated.

    A unit is treated where the treatment is not zero. Rows that the sample lacks are no evidence:
    a unit seen first after the start of the others may have started with them.

    Raises
    ------
    ValueError
        Naming the column and the starts with how many units each, or a unit whose treatment ends
        or switches back; a ``staggered`` that is neither "refuse" nor "allow".
    """
    if staggered not in ("refuse", "allow"):
        raise ValueError(f"staggered must be 'refuse' or 'allow', not {staggered!r}")
    on = panel.column(treatment) != 0
    if staggered == "allow" or not on.any():
        return
    ever = np.bincount(panel.unit, on, panel.n_units) > 0
    first = np.full(panel.n_units, panel.n_times)
    np.minimum.at(first, panel.unit[on], panel.time[on])
    late = ~on & ever[panel.unit] & (panel.time >= first[ever].min())
    if not late.any():
        return
    ended = np.flatnonzero(late & (panel.time > first[panel.unit]))
    what = _ended(panel, first, ended) if ended.size else _starts(panel, first[ever])
    raise ValueError(
        f"column {treatment!r} (treatment) {what}. One two-way model then compares units with "
        "units already treated, and its coefficient need not be a mean of the effects. Estimate "
        "each start by itself against units not treated in its years, or say staggered='allow' to "
        "have this regression all the same"
    )


def hold_years(
    panel: Panel, treated: str, treatment: str, base: Sequence[int], argument: str
) -> None:
    """Raise unless the treatment is there in treated units at all times but those of ``base``.

    Raises
    ------
    ValueError
        As :func:`hold_one_start`, or naming a unit and time at which the treatment does not go
        with ``treated`` and with the argument from which ``base`` follows.
    """
    hold_one_start(panel, treatment)
    on, mark = panel.column(treatment) != 0, panel.column(treated) != 0
    late = ~np.isin(panel.times.to_numpy()[panel.time], base)
    wrong = np.flatnonzero(on != (mark & late))
    if wrong.size:
        row = int(wrong[0])
        raise ValueError(
            f"column {treatment!r} (treatment) does not go with column {treated!r} (treated) and "
            f"{argument}: {panel.unit_name} {shown(panel.units, int(panel.unit[row]))} is "
            f"{'treated' if on[row] else 'not treated'} in "
            f"{shown(panel.times, int(panel.time[row]))}"
        )


def _starts(panel: Panel, first: np.ndarray) -> str:
    times, counts = np.unique(first, return_counts=True)
    told = [
        f"{shown(panel.times, time)} ({count} unit{'s' * (count > 1)})"
        for time, count in zip(times[:FEW].tolist(), counts[:FEW].tolist(), strict=True)
    ]
    more = [f"{len(times) - FEW} more"] if len(times) > FEW else []
    return f"starts at several values of {panel.time_name!r}: {', '.join([*told, *more])}"


def _ended(panel: Panel, first: np.ndarray, ended: np.ndarray) -> str:
    row = int(ended[0])
    unit, n_units = int(panel.unit[row]), len(np.unique(panel.unit[ended]))
    others = f" (and so in {n_units - 1} more)" if n_units > 1 else ""
    return (
        f"ends or switches back: {panel.unit_name} {shown(panel.units, unit)} is treated in "
        f"{shown(panel.times, int(first[unit]))} and not in "
        f"{shown(panel.times, int(panel.time[row]))}{others}"
    )
