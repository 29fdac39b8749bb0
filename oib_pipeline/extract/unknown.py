"""Headers from which no one meaning follows, as faults that say which row to add."""

from __future__ import annotations

import difflib
import re

from oib_pipeline.contract.units import factor
from oib_pipeline.extract.advice import line
from oib_pipeline.extract.header import Column, nearest_headers
from oib_pipeline.extract.layout import Layout
from oib_pipeline.extract.layout_rules import HeaderRule
from oib_pipeline.extract.likely import likely, sector_of
from oib_pipeline.extract.reading import Reading

_TOTAL = re.compile(r"[/(](?:合计|总计|总数|小计|全部|计)\)?")


def check_headers(reading: Reading, layout: Layout) -> None:
    """Note a fault for each header from which no meaning follows."""
    seen: dict[tuple[str, tuple[str, ...], int | None], str] = {}
    for column in reading.columns:
        if column.unknown_unit:
            unknown_unit(reading, column.cell, column.unknown_unit, layout)
        if not column.key:
            if column.printed:
                _nameless(reading, column, layout)
            continue
        same = (column.key, tuple(sorted(set(column.scopes))), column.year)
        if same in seen and not _told_apart(reading, column):
            reading.fault(
                column.cell,
                f"the header {column.key!r} a second time",
                f"it once (it also stands in {seen[same]})",
                "Check the header rows: a heading may be missing.",
            )
        seen.setdefault(same, column.cell)
        if column.rule is None:
            _unknown_header(reading, column, layout)


def _told_apart(reading: Reading, column: Column) -> bool:
    """Whether a header repeated is one that is not wanted (a rank after each figure)."""
    return column.rule is not None and not column.variable and "/" not in column.printed


def _nameless(reading: Reading, column: Column, layout: Layout) -> None:
    title = reading.rule.title if reading.rule else ""
    known = [rule.variable for rule in layout.headers.get(title, ()) if rule.variable]
    needs = [n.partition("@")[0] for need in (reading.rule.requires if reading.rule else ())
             for n in need]  # fmt: skip
    likely_one = [*known, *needs, "VARIABLE"][0]
    row = line("headers", series=layout.series, header=title, variable=likely_one, table=title)
    lone = not any(other.key for other in reading.columns)
    reading.fault(
        column.cell,
        f"a header without a name, {column.printed!r}",
        "the wording of a variable",
        "Check the header rows: a heading may be missing."
        + (f" If the title names the variable, add {row} to layouts/headers.csv." if lone else ""),
    )


def unknown_unit(reading: Reading, cell: str, printed: str, layout: Layout) -> None:
    """Note the fault of a unit whose spelling is new."""
    inside = max((unit for unit in layout.units if unit in printed), key=len, default="")
    near = difflib.get_close_matches(printed, list(layout.units), n=1, cutoff=0.3)
    stated = layout.units.get(inside or next(iter(near), ""), "") or "万元"
    reading.fault(
        cell,
        f"the unit {printed!r}",
        "a unit of layouts/units.csv",
        f"Add its spelling there, as {line('units', printed=printed, stated=stated)} if "
        "that is the unit it stands for.",
    )


def _unknown_header(reading: Reading, column: Column, layout: Layout) -> None:
    known = layout.headers.get(column.key, ())
    bare = column.key.rpartition("(")[0] or column.key.rpartition("/")[0]
    if known:
        _two_meanings(reading, column, layout.series, known)
    elif bare in layout.headers:
        _something_after(reading, column, layout, bare)
    else:
        _new(reading, column, layout)


def _two_meanings(
    reading: Reading, column: Column, series: str, known: tuple[HeaderRule, ...]
) -> None:
    table = reading.rule.title if reading.rule else ""
    means = sorted({" ".join(filter(None, rule.meaning)) or "not wanted" for rule in known})
    where = "in headers.csv" if column.meanings else "in other tables"
    one = known[0]
    row = line("headers", series=series, header=column.key, variable=one.variable,
               scope=one.scope, unit=one.unit, note=one.note, table=table)  # fmt: skip
    reading.fault(
        column.cell,
        f"the header {column.key!r}, which means {' or '.join(means)} {where}",
        f"one meaning of it in the table {table!r}",
        f"Say in layouts/headers.csv what it means there, as {row}; "
        "`editions` tells editions apart (2019-2023, -2023, 2024-).",
    )


def _something_after(reading: Reading, column: Column, layout: Layout, bare: str) -> None:
    added = column.key.removeprefix(bare)
    word = added.strip("()/")
    rule = layout.headers[bare][0]
    whole = line("headers", series=layout.series, header=column.key, variable=rule.variable,
                 scope=rule.scope, unit=rule.unit, note=rule.note)  # fmt: skip
    if part := sector_of(rule.variable, word, (*column.units, *reading.title.units)):
        _part(reading, column, layout, bare, part)
        return
    if _TOTAL.fullmatch(added):
        reading.fault(column.cell, f"{added!r} after {bare!r}", "a header that is known",
                      f"If it is {bare} itself, add {whole} to layouts/headers.csv.")  # fmt: skip
        return
    beside = {scope for other in reading.columns if other.key == bare for scope in other.scopes}
    if len(beside) == 1 and not column.scopes:  # the other column of a pair says its scope
        scope = "districts" if beside == {"whole_city"} else "whole_city"
        reading.fault(
            column.cell,
            f"{added!r} after {bare!r}, beside a column of {beside.pop()}",
            "a scope of layouts/scopes.csv",
            f"If it is the other scope, add {line('scopes', printed=word, scope=scope)} to "
            f"layouts/scopes.csv; if part of the name, {whole} to headers.csv.",
        )
        return
    unwanted = line("headers", series=layout.series, header=column.key, note="why not wanted")
    own = [unit for unit in column.units if unit]
    if rule.variable and own and all(factor(rule.variable, unit) is None for unit in own):
        todo = f"Its unit is not that of {bare}: add {unwanted} to layouts/headers.csv."
    elif own or any(reading.title.units) or added.startswith("/"):  # a unit is there, or a part
        todo = (
            f"If it makes another quantity of it, add {unwanted} to layouts/headers.csv; "
            f"if it only describes it, {whole}; "
            f"if it is a scope, {line('scopes', printed=word, scope='whole_city')} to scopes.csv."
        )
    else:
        todo = (
            f"If it is a unit, add {line('units', printed=word, stated='万元')} to "
            f"layouts/units.csv; a scope, {line('scopes', printed=word, scope='whole_city')} to "
            f"scopes.csv; part of the name, {whole} to headers.csv; not wanted, {unwanted}."
        )
    reading.fault(
        column.cell,
        f"{added!r} after {bare!r}",
        "a unit, a scope or a header that is known",
        todo,
    )


def _part(reading: Reading, column: Column, layout: Layout, bare: str, part: str) -> None:
    """A sector below the heading of the whole: never the whole itself."""
    row = line("headers", series=layout.series, header=column.key, variable=part)
    unwanted = line("headers", series=layout.series, header=column.key, note="why not wanted")
    reading.fault(
        column.cell,
        f"{column.key.removeprefix(bare)!r} after {bare!r}",
        "a header that is known",
        f"It is a part of {bare}: add {row} to layouts/headers.csv if that is what it is; "
        f"if not wanted, {unwanted}.",
    )


def _new(reading: Reading, column: Column, layout: Layout) -> None:
    near = column.near = ", ".join(nearest_headers(column.key, layout)) or "none near it"
    own = {"series": layout.series, "header": column.key}
    other = line("headers", **own, note="why not wanted")
    if guess := likely(reading, column, layout):
        wanted = line("headers", **own, **guess)
        todo = (
            f"If that is what it is, add {wanted} to layouts/headers.csv; if not wanted, {other}."
        )
    else:
        wanted = line("headers", **own, variable="VARIABLE")
        todo = (
            f"If no variable wants it, add {other} to layouts/headers.csv; else {wanted}. "
            "A column that names rows goes to layouts/labels.csv."
        )
    reading.fault(
        column.cell,
        f"the header {column.printed!r} (read as {column.key!r})",
        f"a header of the series {layout.series!r} (nearest: {near})",
        todo,
    )
