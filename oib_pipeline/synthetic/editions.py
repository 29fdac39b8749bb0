"""Which tables an edition prints, and how."""

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
    text = yaml.safe_load(read_text("editions.yml"))
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


SCOPE_ZH = {"whole_city": "全市", "districts": "市辖区"}


@dataclass(frozen=True)
class Plan:
    """One table of one edition: its number, its columns in order, and the scope its title names."""

    edition: Edition
    table: str
    number: int
    columns: tuple[tuple[Column, str], ...]
    title_scope: str | None

    @property
    def label(self) -> str:
        """Table number as printed, ``2-9``."""
        return f"2-{self.number}"

    @property
    def title_zh(self) -> str:
        """Chinese title with the scope it names."""
        scope = f"({SCOPE_ZH[self.title_scope]})" if self.title_scope else ""
        return tables()[self.table].title_zh + scope

    @property
    def leading(self) -> int:
        """Columns before the figures: the name, and the English name where there is one."""
        return 2 if self.edition.english else 1

    @property
    def width(self) -> int:
        """All columns."""
        return self.leading + len(self.columns)

    @property
    def unit_apart(self) -> bool:
        """Whether the unit stands in a row of its own."""
        return self.table in self.edition.unit_row

    def unit(self, column: Column) -> str:
        """Unit the figures are printed in (half-width)."""
        return self.edition.units.get(column.column, column.unit)


def plans(edition: Edition) -> list[Plan]:
    """Every table of an edition in printing order, numbered."""
    made: list[Plan] = []
    for key in edition.tables:
        own = [columns()[name] for name in tables()[key].columns]
        scopes = list(dict.fromkeys(scope for column in own for scope in column.scopes))
        split = key in edition.scope_in_title
        for part in [[scope] for scope in scopes] if split else [scopes]:
            pairs = tuple((one, scope) for one in own for scope in one.scopes if scope in part)
            in_title = len(part) == 1 and (split or not edition.scope_row_always)
            number = edition.first_number + len(made)
            made.append(Plan(edition, key, number, pairs, part[0] if in_title else None))
    return made
