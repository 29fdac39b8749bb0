"""Variables, units and factors, years a series lacks; all from csv, one csv reader."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from oib_pipeline.contract.errors import OibError


@dataclass(frozen=True)
class Variable:
    """One variable of the city-year panel, in its contract unit."""

    name: str
    bundle: str
    kind: str
    unit: str
    label_en: str
    label_zh: str
    min: float
    max: float
    first_year: int | None
    last_year: int | None
    description: str


@cache
def variables() -> dict[str, Variable]:
    """Every variable by name, in the order of ``variables.csv``."""
    return {row["name"]: _variable(row) for row in read_table("variables.csv")}


def bundles() -> dict[str, tuple[str, ...]]:
    """Compositions by name, with the members that must come from one release."""
    found: dict[str, tuple[str, ...]] = {}
    for variable in variables().values():
        if variable.bundle:
            found[variable.bundle] = (*found.get(variable.bundle, ()), variable.name)
    return found


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of a csv table that lives beside this module."""
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _variable(row: dict[str, str]) -> Variable:
    return Variable(
        name=row["name"],
        bundle=row["bundle"],
        kind=row["kind"],
        unit=row["unit"],
        label_en=row["label_en"],
        label_zh=row["label_zh"],
        min=float(row["min"]),
        max=float(row["max"]),
        first_year=int(row["first_year"]) if row["first_year"] else None,
        last_year=int(row["last_year"]) if row["last_year"] else None,
        description=row["description"],
    )


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


TABLE = "absent_years.csv"


@cache
def absent_years() -> dict[tuple[str, str, str], dict[int, str]]:
    """Reason by year, for each series, variable and scope of ``absent_years.csv``.

    Raises
    ------
    OibError
        Naming the row whose variable is unknown, whose years are none, or which gives no reason.
    """
    found: dict[tuple[str, str, str], dict[int, str]] = {}
    for number, row in enumerate(read_table(TABLE), start=2):
        where = f"contract/{TABLE}, line {number}"
        if not row["reason"].strip():
            raise OibError(f"{where}: the reason is missing")
        for name in row["variables"].split():
            if name not in variables():
                raise OibError(f"{where}: {name!r} is not in contract/variables.csv")
            years = found.setdefault((row["series"], name, row["scope"]), {})
            years |= dict.fromkeys(_years(row["years"], where), row["reason"])
    return found


def _years(text: str, where: str) -> list[int]:
    """Years of '1998 2000-2002'."""
    years: list[int] = []
    for part in text.split():
        first, _, last = part.partition("-")
        if not (first.isdigit() and (last or first).isdigit()):
            raise OibError(f"{where}: {part!r} is no year and no span like 2000-2002")
        years += range(int(first), int(last or first) + 1)
    return years
