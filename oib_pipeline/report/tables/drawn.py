"""How many draws stand behind permutation p-values, and how small those can be."""

from __future__ import annotations

from math import comb

import pandas as pd

from oib_pipeline.report.called import Called
from oib_pipeline.report.numbers import number, whole
from oib_pipeline.report.text import listing


def draws_note(frame: pd.DataFrame, what: str = "") -> tuple[str, ...]:
    """The number of draws, their seed where at hand, and the smallest p they can give.

    ``frame`` has ``draws``, perhaps ``seed``; nothing is said where no draw was made. ``what``
    goes in front: whose draws they are.
    """
    found = _numbers(frame, "draws")
    if not found:
        return ()
    seeds = _numbers(frame, "seed")
    seed = f" (seed {seeds[0]})" if len(seeds) == 1 else ""
    made = listing([whole(draws) for draws in found])
    least = listing([number(1 / (1 + draws)) for draws in found])
    lead = f"{what}: " if what else ""
    return (f"{lead}{made} draws{seed}; the smallest possible p is {least}.",)


def few_ways_notes(frame: pd.DataFrame, called: Called) -> tuple[str, ...]:
    """Groups whose treated cities can be chosen in fewer ways than there are draws."""
    if not {"group", "n_treated", "n_control", "draws", "p_t"} <= set(frame.columns):
        return ()
    rows = frame[frame["p_t"].notna()].drop_duplicates("group")
    notes = []
    for row in rows.itertuples():
        ways = comb(int(row.n_treated) + int(row.n_control), int(row.n_treated))
        if ways < row.draws:
            notes.append(
                f"{row.group}: its {called.one if row.n_treated == 1 else called.many} can be "
                f"chosen in {whole(ways)} ways only, so p there is hardly below {number(1 / ways)}."
            )
    return tuple(notes)


def _numbers(frame: pd.DataFrame, name: str) -> list[int]:
    if name not in frame:
        return []
    values = pd.to_numeric(frame[name], errors="coerce").dropna()
    return sorted({int(value) for value in values if name != "draws" or value > 0}, reverse=True)
