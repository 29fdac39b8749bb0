"""How each index follows from the panel's variables: which inputs, in which order of choice."""

from __future__ import annotations

import csv
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pandas as pd


@dataclass(frozen=True)
class Formula:
    """One way to reach one part of an output; ways are tried in the order of ``choice``."""

    output: str
    part: str
    choice: int
    basis: str
    inputs: tuple[str, ...]
    formula: str


@cache
def formulas() -> tuple[Formula, ...]:
    """Every formula, in the order of ``formulas.csv``."""
    text = files(__package__).joinpath("formulas.csv").read_text(encoding="utf-8")
    return tuple(
        Formula(
            row["output"],
            row["part"],
            int(row["choice"]),
            row["basis"],
            tuple(row["inputs"].split()),
            row["formula"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def formulas_of(output: str) -> tuple[Formula, ...]:
    """The ways to reach one output."""
    return tuple(formula for formula in formulas() if formula.output == output)


def used_formulas(output: str, values: pd.Series) -> list[Formula]:
    """For each part of an output the first way whose inputs are all there.

    Parameters
    ----------
    values
        Value of each variable, NaN or absent where missing (a row of ``core_city_year``).
    """
    used: dict[str, Formula] = {}
    for formula in formulas_of(output):
        present = all(pd.notna(values.get(name)) for name in formula.inputs)
        if present and formula.part not in used:
            used[formula.part] = formula
    return list(used.values())


def needs(output: str, had: Collection[str] = ()) -> str:
    """What an output needs, in words: 'gdp_per_capita_cny, or gdp_mcny and ...'.

    Parameters
    ----------
    had
        Variables that are there. They are not named, nor is a part that can be made of them;
        where all parts can, every need is named.
    """
    parts: dict[str, list[tuple[str, ...]]] = {}
    for formula in formulas_of(output):
        lacking = tuple(name for name in formula.inputs if name not in had)
        parts.setdefault(formula.part, []).append(lacking)
    told = [", or ".join(map(" and ".join, ways)) for ways in parts.values() if all(ways)]
    return "; ".join(told) if told or not had else needs(output)
