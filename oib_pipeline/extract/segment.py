"""One header or title cell, taken apart into its key, unit, scope and year."""

from __future__ import annotations

import re
from dataclasses import dataclass

from oib_pipeline.extract.layout import Layout
from oib_pipeline.extract.text import (
    as_year,
    chinese_part,
    groups,
    has_cjk,
    plain,
    squash,
    without_groups,
    without_years,
    years,
)

_LIST = re.compile(r"[、,;/及和与]")
_UNIT_LINE = re.compile(r"单位[:：]?(.+)")


@dataclass(frozen=True)
class Segment:
    """A printed cell of a header or a title.

    ``key`` is its Chinese wording without unit, scope and year, squashed; ``english`` the squashed
    text of a cell without Chinese. ``units`` and ``scopes`` are all that is printed, in order: a
    Chinese one and its English translation should agree.
    """

    printed: str
    key: str = ""
    english: str = ""
    units: tuple[str, ...] = ()
    unknown_unit: str = ""
    scopes: tuple[str, ...] = ()
    year: int | None = None

    @property
    def names_something(self) -> bool:
        """Whether the cell holds wording of its own, beyond a unit, a scope or a year."""
        return bool(self.key or self.english)


def parse_segment(printed: str, layout: Layout) -> Segment:
    """Key, unit, scope and year of one header cell."""
    year = as_year(printed)
    if year is not None:
        return Segment(printed, year=year)
    text = plain(printed)
    if (line := unit_line(text, layout)) is not None:
        return line
    inside = [squash(group) for group in groups(text)]
    units = [layout.units[group] for group in inside if group in layout.units]
    scopes = [layout.scopes[group] for group in inside if group in layout.scopes]
    text = without_groups(text, {*layout.units, *layout.scopes})
    if has_cjk(text) and "_" in text:
        text, tokens = _split_tokens(text, layout)
        units += [layout.units[token] for token in tokens if token in layout.units]
        scopes += [layout.scopes[token] for token in tokens if token in layout.scopes]
    chinese = chinese_part(text)
    key, rest = squash(chinese), squash(text[len(chinese) :])
    if key in layout.units or (not key and rest in layout.units):
        return Segment(printed, units=(layout.units[key or rest], *units), scopes=tuple(scopes))
    if rest in layout.scopes:
        scopes.append(layout.scopes[rest])
        rest = ""
    if key in layout.scopes:
        return Segment(printed, units=tuple(units), scopes=(layout.scopes[key], *scopes))
    found = years(chinese)
    if len(found) == 1:
        key = squash(without_years(chinese))
    return Segment(
        printed,
        key=key,
        english="" if key else rest,
        units=tuple(units),
        scopes=tuple(scopes),
        year=found[0] if len(found) == 1 else None,
    )


def unit_line(text: str, layout: Layout) -> Segment | None:
    """A cell that states nothing but a unit: 单位：%, (10 000 yuan); None for any other."""
    match = _UNIT_LINE.fullmatch(squash(text).strip("()"))
    if match:
        stated = match.group(1).strip("()")
        units = units_in(stated, layout)
        return Segment(text, units=units) if units else Segment(text, unknown_unit=match.group(1))
    bare = squash(text)
    if bare.startswith("(") and bare.endswith(")") and (units := units_in(bare[1:-1], layout)):
        return Segment(text, units=units)
    return None


def units_in(stated: str, layout: Layout) -> tuple[str, ...]:
    """The unit that a squashed text is, or the units it lists; none where any is unknown."""
    if stated in layout.units:
        return (layout.units[stated],)
    parts = [part for part in _LIST.split(stated) if part]
    return tuple(layout.units[part] for part in parts) if {*parts} <= {*layout.units} else ()


def _split_tokens(text: str, layout: Layout) -> tuple[str, list[str]]:
    """Words joined by underscores, units and scopes among them set apart."""
    tokens = [squash(token) for token in text.split("_")]
    apart = [token for token in tokens if token in layout.units or token in layout.scopes]
    kept = [token for token in tokens if token not in apart]
    return "_".join(kept), apart
