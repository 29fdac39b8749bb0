"""The variables of the panel: their names, units, labels and valid ranges."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


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
