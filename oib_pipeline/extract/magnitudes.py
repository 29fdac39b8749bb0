"""How large values can be: in the contract's unit, or as a share of what the nation has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from oib_pipeline.contract.units import factor
from oib_pipeline.contract.variables import variables
from oib_pipeline.extract.layout_rules import in_editions
from oib_pipeline.extract.layout_tables import read_layout_table
from oib_pipeline.registry.nation import PER_HEAD, total

ENOUGH = 15  # places from which a median is held to the bounds of magnitudes.csv
FEWER = (3.0, 4.0)  # fewer may all be small, or all be large, by so much more

NATIONS = {
    "gdp_mcny": "% of the nation's GDP",
    "population_k": "% of the nation's population",
    "employment_k": "% of all the nation's employed",
    PER_HEAD: "% of the nation's GDP per head",
}


@dataclass(frozen=True)
class Magnitude:
    """Least and greatest median of a variable's column.

    ``of`` names the total of the nation of which ``low`` and ``high`` are per cent; where it is
    blank they are in the variable's unit.
    """

    low: float
    high: float
    of: str = ""

    def measured(self, values: np.ndarray, years: np.ndarray) -> np.ndarray:
        """Values (values,) in the contract's unit as what the bounds are of."""
        if not self.of:
            return values
        each, place = np.unique(years, return_inverse=True)
        totals = np.array([total(self.of, int(year)) for year in each])
        return values / totals[place] * 100

    def bounds(self, places: int) -> tuple[float, float]:
        """Least and greatest median of a number of places."""
        if places >= ENOUGH:
            return self.low, self.high
        return (self.low / FEWER[0], self.high * FEWER[1]) if self.of else (0.0, np.inf)

    def unit(self, variable: str) -> str:
        """What the bounds of a variable are in, in words."""
        return NATIONS[self.of] if self.of else variables()[variable].unit

    def allows(self, median: float, places: int) -> bool:
        """Whether a median of what was measured lies within the bounds."""
        low, high = self.bounds(places)
        return low <= median <= high


def magnitudes(edition: int | str = "") -> dict[str, Magnitude]:
    """Bounds by variable; a row for the edition comes first."""
    limits = {}
    for row in sorted(read_layout_table("magnitudes"), key=lambda row: bool(row["editions"])):
        own = row["editions"]
        if not own or (isinstance(edition, int) and in_editions(own, edition)):
            limits[row["variable"]] = Magnitude(float(row["low"]), float(row["high"]), row["of"])
    return limits


def factors(table: pd.DataFrame) -> np.ndarray:
    """Factor to the contract's unit of each row."""
    units = table["unit"].cat.categories
    names = table["variable"].cat.categories
    rows = [[factor(name, unit) or np.nan for unit in units] for name in names]
    grid = np.array(rows).reshape(len(names), len(units))
    return grid[table["variable"].cat.codes, table["unit"].cat.codes]
