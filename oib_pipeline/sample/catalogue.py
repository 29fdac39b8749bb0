"""The tables a yearbook may print and their columns, from ``tables.yml`` and ``columns.csv``."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

SCOPES_OF = {
    "both": ("whole_city", "districts"),
    "whole_city": ("whole_city",),
    "districts": ("districts",),
}


@dataclass(frozen=True)
class Column:
    """A column of a table: a variable of the contract, or ``other_...``, which no study wants."""

    column: str
    scopes: tuple[str, ...]
    zh: str
    zh_new: str
    en: str
    unit: str
    decimals: int
    additive: bool


@dataclass(frozen=True)
class Table:
    """A table of the yearbook."""

    title_zh: str
    title_en: str
    chapter: str
    columns: tuple[str, ...]


@cache
def tables() -> dict[str, Table]:
    """Every table by key."""
    text = yaml.safe_load(read_text("tables.yml"))
    return {key: Table(**(own | {"columns": tuple(own["columns"])})) for key, own in text.items()}


@cache
def columns() -> dict[str, Column]:
    """Every column by name."""
    rows = csv.DictReader(read_text("columns.csv").splitlines())
    return {
        row["column"]: Column(
            column=row["column"],
            scopes=SCOPES_OF[row["scopes"]],
            zh=row["zh"],
            zh_new=row["zh_new"],
            en=row["en"],
            unit=row["unit"],
            decimals=int(row["decimals"]),
            additive=row["additive"] == "1",
        )
        for row in rows
    }


def read_text(name: str) -> str:
    """A file that lives beside this module."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
