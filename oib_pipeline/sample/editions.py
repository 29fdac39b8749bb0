"""Editions, tables and columns of the sample yearbook, read from their tables."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field, fields
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


@dataclass(frozen=True)
class Edition:
    """How one edition prints; the fields are explained in ``editions.yml``."""

    edition: int
    tables: tuple[str, ...]
    first_number: int
    english: bool
    title: str
    headers: str
    wording: str
    unit_row: tuple[str, ...]
    percent: str
    scope_in_title: tuple[str, ...]
    scope_row_always: bool
    whole_city: str
    city_head: str
    indent: str
    figures: str
    thousands: tuple[str, ...]
    continued: int
    subtotal: bool
    note: str
    hidden_sheet: bool
    merged: bool
    files: str
    sheets: str
    units: dict[str, str] = field(default_factory=dict)
    decimals: dict[str, int] = field(default_factory=dict)

    @property
    def year(self) -> int:
        """The data year."""
        return self.edition - 1

    @property
    def release(self) -> str:
        """Folder name of the release."""
        return f"sample-ccsy-{self.edition}"


@cache
def editions() -> tuple[Edition, ...]:
    """Every edition, first to last.

    Raises
    ------
    ValueError
        Where ``editions.yml`` has a field that is none, or a table that ``tables.yml`` lacks.
    """
    text = yaml.safe_load(_read("editions.yml"))
    known = {one.name for one in fields(Edition)}
    made = []
    for year, own in sorted(text["editions"].items()):
        if unknown := sorted(set(own) - known):
            raise ValueError(f"editions.yml, {year}: no such field {', '.join(unknown)}")
        merged = text["defaults"] | own
        lists = {name: tuple(value) for name, value in merged.items() if isinstance(value, list)}
        made.append(Edition(edition=year, **(merged | lists)))
        if missing := sorted(set(made[-1].tables) - set(tables())):
            raise ValueError(f"editions.yml, {year}: no such table {', '.join(missing)}")
    return tuple(made)


@cache
def tables() -> dict[str, Table]:
    """Every table by key."""
    text = yaml.safe_load(_read("tables.yml"))
    return {key: Table(**(own | {"columns": tuple(own["columns"])})) for key, own in text.items()}


@cache
def columns() -> dict[str, Column]:
    """Every column by name."""
    rows = csv.DictReader(_read("columns.csv").splitlines())
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


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
