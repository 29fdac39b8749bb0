"""Units as yearbooks state them, and the factor to the contract's unit."""

from __future__ import annotations

from functools import cache

from oib_pipeline.contract.variables import read_table, variables


@cache
def _factors() -> dict[tuple[str, str], float]:
    return {(row["unit"], row["stated"]): float(row["factor"]) for row in read_table("units.csv")}


def stated_units(variable: str) -> list[str]:
    """Spellings in which a source may state this variable's unit."""
    unit = variables()[variable].unit
    return [stated for contract_unit, stated in _factors() if contract_unit == unit]


def factor(variable: str, stated: str) -> float | None:
    """What a value in the stated unit is multiplied by; None where the unit does not fit."""
    return _factors().get((variables()[variable].unit, stated))


def sizes(variable: str) -> dict[str, float]:
    """Factor by spelling of the units of a variable, one spelling for each factor."""
    found: dict[float, str] = {}
    for stated in stated_units(variable):
        found.setdefault(factor(variable, stated) or 0.0, stated)
    return {stated: scale for scale, stated in found.items()}
