"""How each edition of the sample yearbook prints, read from ``editions.yml``."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cache

import yaml

from oib_pipeline.sample.catalogue import read_text, tables


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
