"""Totals of the whole country by year, which no place of it can exceed.

They lie beside this module, not in the data folder: one without them would be read unchecked.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

TOTALS = ("gdp_mcny", "population_k", "employment_k")
PER_HEAD = "gdp_per_head_cny"
TABLE = Path(__file__).with_name("nation.csv")


@cache
def nation() -> dict[str, dict[int, float]]:
    """Totals by name and year: GDP (million yuan), population and employed persons (1,000).

    Published by the National Bureau of Statistics of China; each row names its source.
    """
    with TABLE.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return {name: {int(row["year"]): float(row[name]) for row in rows} for name in TOTALS}


def total(name: str, year: int) -> float:
    """The total of a year, that of the nearest known year where it has none.

    ``name`` is one of ``TOTALS``, or ``PER_HEAD``: GDP over population, in yuan.
    """
    if name == PER_HEAD:
        return total("gdp_mcny", year) / total("population_k", year) * 1000
    known = nation()[name]
    return known[min(known, key=lambda other: abs(other - year))]
