"""Row labels that name no city, as faults that say which row of which table would mend it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

from oib_pipeline.extract.advice import line
from oib_pipeline.registry.gazetteer import english_key

if TYPE_CHECKING:
    from oib_pipeline.extract.place import Resolver, Row

Fault = tuple[str, str, str]


def place_fault(at: Resolver, row: Row, own: str) -> Fault:
    """Found, expected and what to do, for a row whose label is nothing known.

    ``own`` is the code that the name has, where the row gives another. Which city an unknown name
    means is for a person to say: the cities like it are named, and the row leaves the code empty.
    """
    found = f"{row.label!r}" + (f" with the code {row.code}" if row.code else "")
    if own:
        todo = "Check the row; if the source is wrong there, say so in layouts/rows.csv."
        return found, f"{own}, which is the code of {row.label}", todo
    if at.names.province_code(row.label):
        expected = "a name that tells the city from the province of that name"
        spans = at.names.valid_years(row.label + "市")
        rule = _rule(at, row, "city", "no provinces are rows of that table")
        return (
            found,
            expected,
            (
                f"If it is the city ({_cities(at, [code for code, _, _ in spans])}), add {rule} to "
                "layouts/rows.csv, with its code."
            ),
        )
    elsewhere = at.city(row.label, None, row.years)
    if elsewhere and row.province:
        expected = f"a city of province {row.province}; {row.label} is {elsewhere}"
        rule = _rule(at, row, "city", "its province's row is lost")
        own = at.names.chinese.get(f"{elsewhere[:2]}0000", "its province")
        todo = (
            f"Check the row: its name or its province is wrong, or the row of {own} above it is "
            f"lost. If that is lost, add {rule} to layouts/rows.csv with the city's code "
            f"({_cities(at, [elsewhere])}), and so for a city that is named as the province is."
        )
        return found, expected, todo
    if spans := at.spans(row.label):
        known = "; ".join(f"{code} {_when(first, last)}" for code, first, last in spans)
        expected = f"a name of {row.years[0]}; it is known as {known}"
        todo = (
            "Check the row and its year; if the source goes on with a former name, add "
            f"{_rule(at, row, 'city')} to layouts/rows.csv, with the code of the city and the "
            f"reason; if its figures are no city's, {_rule(at, row, 'ignore')}, with the reason."
        )
        return found, expected, todo
    return _english(at, row) or _unlike(at, row, found)


def _unlike(at: Resolver, row: Row, found: str) -> Fault:
    """A name that nobody bears: a spelling of a city like it, or no city."""
    similar = at.names.nearest(row.label)
    codes = dict.fromkeys(at.names.valid_years(name)[0][0] for name in similar)
    inside = [code for code in codes if row.province and code[:2] == row.province[:2]]
    near = _cities(at, [*inside, *(code for code in codes if code not in inside)])
    printed = at.names.current_code(row.code)
    code = printed if printed in codes else ""  # the row itself says which
    spelling = f"`{row.label},{code},ocr,,,`"
    ignore = _rule(at, row, "ignore")
    which = "where it is printed so" if code else "the city's code and where it is printed so"
    spelt = f"a spelling of a city, add {spelling} to data/registry/names.csv, with {which}"
    other = f"no city, {'' if near else 'add '}{ignore} to layouts/rows.csv, with the reason"
    todo = f"If it is {spelt}; if {other}." if near else f"If it is {other}; if {spelt}."
    return found, f"a city known in {row.years[0]} (nearest: {near or 'none near it'})", todo


def _english(at: Resolver, row: Row) -> Fault | None:
    """What is wrong with an English name that is no city's, or that is several cities'."""
    if not row.label.isascii():
        return None
    if codes := at.english(row.label):
        which = " or ".join(f"{at.names.chinese[code]} ({code})" for code in sorted(codes))
        todo = (
            "The rows of provinces above do not tell: check them, or put a column headed 城市 "
            "with Chinese names beside it."
        )
        return repr(row.label), f"a name that tells {which}", todo
    known = {**at.names.english, **at.names.english_provinces}
    near = get_close_matches(english_key(row.label), [*known], n=3, cutoff=0.6)
    if not near:
        return None
    provinces = {n: at.names.english_provinces[n] for n in near if n in at.names.english_provinces}
    meant = [
        code
        for n in near
        for code in [*filter(None, [provinces.get(n)]), *sorted(at.names.english.get(n, ()))]
    ]
    todo = (
        f"If it is a spelling of a city, add `{row.label},,english,,,` to "
        "data/registry/names.csv, with the city's code and where it is printed so; "
    )
    if provinces:
        todo += f"if of a province, {_rule(at, row, 'province')} to layouts/rows.csv, with its "
        todo += "code and the reason; "
    todo += f"if neither, {_rule(at, row, 'ignore')} to layouts/rows.csv, with the reason."
    nearest = _cities(at, meant)
    return repr(row.label), f"a place known in {row.years[0]} (nearest: {nearest})", todo


def _rule(at: Resolver, row: Row, action: str, reason: str = "") -> str:
    """The row of rows.csv for a label; which city or province it is stays open."""
    return line("rows", series=at.layout.series, match="exact", label=row.label, action=action,
                reason=reason)  # fmt: skip


def _cities(at: Resolver, codes: Iterable[str]) -> str:
    """Cities or provinces by name and code."""
    return ", ".join(f"{at.names.chinese.get(code, code)} {code}" for code in dict.fromkeys(codes))


def _when(first: float, last: float) -> str:
    parts = [f"from {first:.0f}" if first > 0 else "", f"until {last:.0f}" if last < 1e8 else ""]
    return " ".join(part for part in parts if part) or "in every year"
