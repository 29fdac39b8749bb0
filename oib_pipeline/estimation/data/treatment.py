"""Treated units, adoption dates, strata, random assignments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from oib_pipeline.estimation.data.columns import (
    check_columns,
    codes,
    column_names,
    group_values,
    label_text,
    whole_number,
    zero_one,
)
from oib_pipeline.estimation.data.panel import Panel


def treatment_parts(panel: Panel, treated: str, post: str) -> tuple[np.ndarray, np.ndarray]:
    """Return which units are treated, booleans (N,), and post of each row (n,), both checked."""
    mark = zero_one(panel.column(treated), treated, "treated")
    mark = group_values(mark, panel.unit, panel.n_units, treated, "unit")
    if mark.all() or not mark.any():
        which = "untreated" if mark.all() else "treated"
        raise ValueError(f"column {treated!r} (treated): no {which} unit")
    date = panel.column(post)
    late = group_values(
        zero_one(date, post, "post"), panel.time, panel.n_times, post, panel.time_name
    )
    if late.all() or not late.any():
        which = "before" if late.all() else "after"
        raise ValueError(f"column {post!r} (post): no {panel.time_name} {which} the policy")
    return mark, date


def unit_strata(
    data: pd.DataFrame, unit: str, units: pd.Index, strata: Sequence[str] | str | None
) -> np.ndarray | None:
    """Return the stratum code of each of ``units``, shape (N,), or None without strata."""
    names = () if strata is None else column_names(strata, "strata")
    if not names:
        return None
    check_columns(data, dict.fromkeys(names, "strata"))
    row_unit, labels = codes(data, unit, "unit")
    combined = np.zeros(len(labels), dtype=np.int64)
    for name in names:
        code, values = codes(data, name, "strata")
        combined = combined * len(values) + group_values(code, row_unit, len(labels), name, "unit")
    position = labels.get_indexer(units)
    if (position < 0).any():
        raise ValueError(f"unit {units[position < 0][0]!r} has no stratum: it is not in the data")
    return combined[position]


def with_did(panel: Panel, treated: str, post: str) -> Panel:
    """Return the panel with regressors did = treated x post, then its controls."""
    if "did" in panel.names:
        raise ValueError("column 'did' (control) has the name of the treatment; rename it")
    did = panel.column(treated) * panel.column(post)
    controls = panel.arrays[1 : 1 + panel.n_regressors]
    return panel.with_regressors(["did", *panel.regressors], np.vstack([did, controls]))


# A chunk of draws stays in cache, and its products too small for a linear algebra library to wake
# threads for, which costs more than it saves. Very wide panels take fewer draws at once.
CHUNK_DRAWS, CHUNK_CELLS = 100, 2_000_000


@dataclass(frozen=True, eq=False)
class Assignments:
    """Random treated sets of the size of the true one, the same within every stratum.

    Units are drawn, never rows: a unit keeps its serial correlation, and the treated number, the
    date and the make-up by stratum stay what they were. The draws of a seed do not depend on the
    chunk size.

    Attributes
    ----------
    treated : numpy.ndarray
        Which units are truly treated, booleans of shape (N,).
    draws : int
        How many assignments to draw.
    seed : int
        Seed of the generator.
    strata : numpy.ndarray, optional
        Stratum code of each unit, shape (N,).
    """

    treated: np.ndarray
    draws: int
    seed: int
    strata: np.ndarray | None = None

    def __post_init__(self) -> None:
        whole_number(self.draws, "draws", 1)
        whole_number(self.seed, "seed", 0)
        if not any(0 < size < len(members) for members, size in self._drawn):
            raise ValueError(
                "strata leave nothing to draw: in each of them every unit, or none, is treated"
            )

    @property
    def _drawn(self) -> list[tuple[np.ndarray, int]]:
        """Units of each stratum and how many of them are treated."""
        if self.strata is None:
            return [(np.arange(len(self.treated)), int(self.treated.sum()))]
        groups = [np.flatnonzero(self.strata == code) for code in np.unique(self.strata)]
        return [(members, int(self.treated[members].sum())) for members in groups]

    def chunks(self, cells_per_unit: int = 1) -> Iterator[np.ndarray]:
        """Yield boolean arrays (c, N) until all draws are made; c is at most ``CHUNK_DRAWS``.

        ``cells_per_unit`` is how much room one unit of one draw takes in what follows.
        """
        rng = np.random.default_rng(self.seed)
        n_units = len(self.treated)
        size = max(1, min(CHUNK_DRAWS, CHUNK_CELLS // (n_units * cells_per_unit)))
        strata = self._drawn
        for start in range(0, self.draws, size):
            keys = rng.random((min(size, self.draws - start), n_units))
            yield _lowest(keys, strata)


def _lowest(keys: np.ndarray, strata: list[tuple[np.ndarray, int]]) -> np.ndarray:
    """Return which keys are among the lowest of their stratum, as many as are treated there.

    Two of the 53-bit keys of one draw are equal once in about 10^12 draws.
    """
    drawn = np.zeros(keys.shape, dtype=bool)
    for members, size in strata:
        whole = len(members) == keys.shape[1]
        part = keys if whole else keys[:, members]
        if size:
            bar = np.partition(part, size - 1, axis=1)[:, size - 1]
            chosen = part <= bar[:, None]
            if whole:
                return chosen
            drawn[:, members] = chosen
    return drawn


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
            f"{argument}: {panel.unit_name} {label_text(panel.units, int(panel.unit[row]))} is "
            f"{'treated' if on[row] else 'not treated'} in "
            f"{label_text(panel.times, int(panel.time[row]))}"
        )


def _starts(panel: Panel, first: np.ndarray) -> str:
    times, counts = np.unique(first, return_counts=True)
    told = [
        f"{label_text(panel.times, time)} ({count} unit{'s' * (count > 1)})"
        for time, count in zip(times[:FEW].tolist(), counts[:FEW].tolist(), strict=True)
    ]
    more = [f"{len(times) - FEW} more"] if len(times) > FEW else []
    return f"starts at several values of {panel.time_name!r}: {', '.join([*told, *more])}"


def _ended(panel: Panel, first: np.ndarray, ended: np.ndarray) -> str:
    row = int(ended[0])
    unit, n_units = int(panel.unit[row]), len(np.unique(panel.unit[ended]))
    others = f" (and so in {n_units - 1} more)" if n_units > 1 else ""
    return (
        f"ends or switches back: {panel.unit_name} {label_text(panel.units, unit)} is treated in "
        f"{label_text(panel.times, int(first[unit]))} and not in "
        f"{label_text(panel.times, int(panel.time[row]))}{others}"
    )
