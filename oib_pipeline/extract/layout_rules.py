"""Rules of the layout tables: what one row says of a title, a header or a row label."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class TableRule:
    """What to do with the tables of one title."""

    title: str
    action: str
    scope: str
    requires: tuple[tuple[str, ...], ...]
    repeats: bool
    editions: str
    file: str
    reason: str

    def holds(self, file: str, edition: int | str) -> bool:
        """Whether it is meant for a file of an edition."""
        return self.file in {"", file} and in_editions(self.editions, edition)

    @property
    def columns(self) -> frozenset[str]:
        """Header keys by which an untitled table is known; empty for a titled one."""
        inside = re.fullmatch(r"\[(.*)\]", self.title)
        return frozenset(inside.group(1).split("+")) if inside else frozenset()


@dataclass(frozen=True)
class HeaderRule:
    """What a header means: a variable, or something known and not wanted.

    ``table`` is the title under which it means that, ``editions`` those in which; blank for all.
    ``repeats`` is the variable (or one over another) that an unwanted column prints once more.
    """

    variable: str
    scope: str
    unit: str
    note: str
    table: str = ""
    editions: str = ""
    repeats: str = ""

    @property
    def meaning(self) -> tuple[str, str, str]:
        """What follows from it for a column."""
        return self.variable, self.scope, self.unit

    def is_filled_in_by(self, other: HeaderRule) -> bool:
        """Whether another rule says the same, and a scope or unit where this one says none."""
        if not self.variable or self.variable != other.variable:
            return False
        pairs = zip(self.meaning, other.meaning, strict=True)
        return all(own in ("", theirs) for own, theirs in pairs)


@dataclass(frozen=True)
class RowRule:
    """What a row label that is no city means."""

    match: str
    label: str
    code: str
    action: str
    city_code: str
    reason: str

    def fits(self, label: str, code: str) -> bool:
        """Whether a squashed label, with the source's own code, falls under this rule."""
        if self.code and not re.fullmatch(self.code, code):
            return False
        if self.match == "prefix":
            return label.startswith(self.label)
        if self.match == "contains":
            return self.label in label
        return self.label in (label, "*")


def in_editions(span: str, edition: int | str) -> bool:
    """Whether an edition lies in a span: 2019-2023, -2023, 2024-, or all of them where blank."""
    first, _, last = span.partition("-")
    return not isinstance(edition, int) or int(first or 0) <= edition <= int(last or 9999)
