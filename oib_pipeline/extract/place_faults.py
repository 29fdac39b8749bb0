"""Row labels that name no city, as faults that say which row of which table would mend it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from oib_pipeline.extract.advice import line
from oib_pipeline.registry.gazetteer import english_key

if TYPE_CHECKING:
    from oib_pipeline.extract.place import Resolver, Row

Fault = tuple[str, str, str]


def place_fault(at: Resolver, row: Row, own: str) -> Fault:
    """Found, expected and what to do, for a row whose label is nothing known.

    ``own`` is the code that the name has, where the row gives another.
    """
    found = f"{row.label!r}" + (f" with the code {row.code}" if row.code else "")
    if own:
        todo = "Check the row; if the source is wrong there, say so in layouts/rows.csv."
        return found, f"{own}, which is the code of {row.label}", todo
    if at.names.province_code(row.label):
        expected = "a name that tells the city from the province of that name"
        code = next((code for code, _, _ in at.names.valid_years(row.label + "市")), "CODE")
        why = "no provinces are rows of that table"
        rule = line("rows", series=at.layout.series, match="exact", label=row.label,
                    action="city", city_code=code, reason=why)  # fmt: skip
        return found, expected, f"If it is the city, add {rule} to layouts/rows.csv."
    elsewhere = at.city(row.label, None, row.years)
    if elsewhere and row.province:
        expected = f"a city of province {row.province}; {row.label} is {elsewhere}"
        rule = line("rows", series=at.layout.series, match="exact", label=row.label,
                    action="city", city_code=elsewhere,
                    reason="its province's row is lost")  # fmt: skip
        own = at.names.chinese.get(f"{elsewhere[:2]}0000", "its province")
        todo = (
            f"Check the row: its name or its province is wrong, or the row of {own} above it is "
            f"lost. If that is lost, add {rule} to layouts/rows.csv, and so for a city that is "
            "named as the province is."
        )
        return found, expected, todo
    if spans := at.spans(row.label):
        known = "; ".join(f"{code} {_when(first, last)}" for code, first, last in spans)
        expected = f"a name of {row.years[0]}; it is known as {known}"
        todo = (
            "Check the row; if the name did hold then, mend its years in "
            "data/registry/names.csv, or in cities.csv for an official name."
        )
        return found, expected, todo
    if fault := _english(at, row):
        return fault
    similar = at.names.nearest(row.label)
    near = ", ".join(similar) or "none near it"
    code = at.names.valid_years(similar[0])[0][0] if similar else "CODE"
    rule = line("rows", series=at.layout.series, match="exact", label=row.label,
                action="ignore", reason="what it is")  # fmt: skip
    todo = f"If it is no city, add {rule} to layouts/rows.csv; a city's spelling goes to "
    if similar:
        todo = (
            "If it is a spelling of a city, add it with the city's code to "
            f"data/registry/names.csv, as `{row.label},{code},ocr,,,SOURCE`; "
            f"if no city, {rule} to layouts/rows.csv."
        )
    else:
        todo += f"data/registry/names.csv, as `{row.label},CODE,ocr,,,SOURCE`."
    return found, f"a city known in {row.years[0]} (nearest: {near})", todo


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
    if near[0] in at.names.english_provinces:
        rule = line("rows", series=at.layout.series, match="exact", label=row.label,
                    action="province", city_code=at.names.english_provinces[near[0]],
                    reason="its spelling")  # fmt: skip
        todo = f"If it is a spelling of that province, add {rule} to layouts/rows.csv."
        return repr(row.label), f"a place that is known (nearest: {', '.join(near)})", todo
    code = min(at.names.english[near[0]])
    rule = line("rows", series=at.layout.series, match="exact", label=row.label,
                action="ignore", reason="what it is")  # fmt: skip
    todo = (
        "If it is a spelling of a city, add it with that city's code to "
        f"data/registry/names.csv, as `{row.label},{code},english,,,SOURCE`; "
        f"if no city, {rule} to layouts/rows.csv."
    )
    return repr(row.label), f"a city known in {row.years[0]} (nearest: {', '.join(near)})", todo


def _when(first: float, last: float) -> str:
    parts = [f"from {first:.0f}" if first > 0 else "", f"until {last:.0f}" if last < 1e8 else ""]
    return " ".join(part for part in parts if part) or "in every year"
