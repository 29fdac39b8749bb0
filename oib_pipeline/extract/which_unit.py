"""The unit of a column that prints none of its own: which fit, and what each would make of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oib_pipeline.contract.units import factor
from oib_pipeline.contract.variables import variables
from oib_pipeline.extract.blocks import Block
from oib_pipeline.extract.grid import as_text
from oib_pipeline.extract.header import Column
from oib_pipeline.extract.magnitudes import magnitudes
from oib_pipeline.extract.place import Resolver
from oib_pipeline.extract.reading import Reading
from oib_pipeline.extract.text import as_year
from oib_pipeline.extract.values import parse_values

WORDS = {"mcny": "million yuan", "cny": "yuan", "k_persons": "thousand persons"}


@dataclass(frozen=True)
class Values:
    """Numbers of a column (values,), with the label and data year of the row each stands in."""

    number: np.ndarray
    label: list[str]
    year: np.ndarray

    @classmethod
    def of(cls, reading: Reading, column: Column, block: Block) -> Values:
        """Those of a column, its rows not yet resolved; year 0 where none is known."""
        cells = block.grid.cells[slice(*block.data)]
        number = parse_values(cells[:, column.index], frozenset()).number
        kept = np.flatnonzero(np.isfinite(number))
        labels = [as_text(cells[row, block.labels["city"]]).strip() for row in kept]
        own = column.year or reading.year or 0
        years = [
            (as_year(as_text(cells[row, block.labels["year"]])) or 0)
            if "year" in block.labels
            else own
            for row in kept
        ]
        return cls(number[kept], labels, np.array(years, dtype=np.int64))


def which_unit(reading: Reading, column: Column, stated: list[str], block: Block) -> str:
    """The one stated unit that the variable can have and that fits its values; else blank.

    The headers table decides first, where it names one of them.
    """
    if column.known.unit in stated:
        return column.known.unit
    possible = [unit for unit in stated if factor(column.variable, unit) is not None]
    if len(possible) == 1:
        return possible[0]
    fitting = _fitting(column.variable, possible, Values.of(reading, column, block))
    return fitting[0] if len(fitting) == 1 else ""


def candidates(
    reading: Reading, column: Column, possible: list[str], block: Block, resolver: Resolver
) -> str:
    """What each unit that fits would make of a known city, in words; all where none fits."""
    values = Values.of(reading, column, block)
    fitting = _fitting(column.variable, possible, values) or possible
    name = variables()[column.variable].unit
    place = next(
        (
            i
            for i, (label, year) in enumerate(zip(values.label, values.year.tolist(), strict=True))
            if resolver.city(label, None, (year,) if year else (2000,))
        ),
        None,
    )
    if place is None:
        return f"It may be {' or '.join(fitting)}."
    year = f" {values.year[place]}" if values.year[place] else ""
    made = [
        f"{unit} would make {'it ' if i else f'{values.label[place]}{year} '}"
        f"{values.number[place] * (factor(column.variable, unit) or 0):,.10g}"
        + ("" if i else f" {WORDS.get(name, name)}")
        for i, unit in enumerate(fitting)
    ]
    return ", ".join(made) + "."


def _fitting(variable: str, possible: list[str], values: Values) -> list[str]:
    """Units in which the median of the values is of a size that the variable can have."""
    limit = magnitudes()[variable]
    dated = values.year > 0 if limit.of else np.ones(len(values.number), dtype=bool)
    number, year = values.number[dated], values.year[dated]
    if not len(number):
        return []
    median = float(np.median(limit.measured(number, year)))
    low, high = limit.bounds(len(set(values.label))) if limit.of else (limit.low, limit.high)
    one: dict[float, str] = {}
    for unit in possible:  # one spelling of a size
        one.setdefault(factor(variable, unit) or 0.0, unit)
    return [unit for scale, unit in one.items() if low <= median * scale <= high]
