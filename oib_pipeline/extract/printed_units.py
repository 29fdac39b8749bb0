"""The units that a page prints for a column, and for the columns of its kind beside it."""

from __future__ import annotations

from oib_pipeline.contract.units import factor
from oib_pipeline.contract.variables import variables
from oib_pipeline.extract.header import Column
from oib_pipeline.extract.parts import WHOLES
from oib_pipeline.extract.reading import Reading


def printed_units(reading: Reading, column: Column) -> list[str]:
    """Units that a column prints, or else those over the table; empty where there are none.

    What stands over a table is passed over where a row of headers.csv says a unit in that table.
    """
    own = [unit for unit in column.units if unit]
    return own or ([] if _said_in_table(column) else [u for u in reading.title.units if u])


def beside_units(reading: Reading, column: Column) -> dict[float, str]:
    """Units that the columns of its kind print, with the cell of the first, by their factor.

    Empty for a column of which a row of headers.csv says the unit in that very table.
    """
    found: dict[float, str] = {}
    for other in [] if _said_in_table(column) else reading.wanted:
        printed = printed_units(reading, other)
        scale = factor(other.variable, printed[0]) if printed else None
        if scale and other is not column and _kind(other.variable) == _kind(column.variable):
            found.setdefault(scale, f"{printed[0]} ({other.cell})")
    return found


def _said_in_table(column: Column) -> bool:
    return bool(column.known.table and column.known.unit)


def _kind(variable: str) -> str:
    """What is counted: a whole and its parts are of one kind, other variables of their own."""
    for bundle, whole in WHOLES.items():
        if variable == whole:
            return bundle
    return variables()[variable].bundle or variable
