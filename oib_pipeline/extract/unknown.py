"""Headers from which no one meaning follows, as faults that say which row to add."""

from __future__ import annotations

import difflib
import re

from oib_pipeline.contract.units import factor
from oib_pipeline.contract.variables import variables
from oib_pipeline.extract.advice import line
from oib_pipeline.extract.header import Column, nearest_headers
from oib_pipeline.extract.layout import Layout
from oib_pipeline.extract.layout_rules import HeaderRule
from oib_pipeline.extract.likely import another_quantity, likely, sector_of
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
    row = line("headers", series=layout.series, header=title, table=title)
    lone = not any(other.key for other in reading.columns)
    reading.fault(
        column.cell,
        f"a header without a name, {column.printed!r}",
        "the wording of a variable",
        "Check the header rows: a heading may be missing."
        + (f" If the title names the variable{_named([*known, *needs])}, add {row} to "
           "layouts/headers.csv, with it." if lone else ""),
    )  # fmt: skip


def unknown_unit(reading: Reading, cell: str, printed: str, layout: Layout) -> None:
    """Note the fault of a unit whose spelling is new; which unit it is, a person has to say."""
    inside = max((unit for unit in layout.units if unit in printed), key=len, default="")
    near = difflib.get_close_matches(printed, list(layout.units), n=3, cutoff=0.3)
    like = dict.fromkeys(filter(None, (layout.units[one] for one in [inside, *near] if one)))
    reading.fault(
        cell,
        f"the unit {printed!r}",
        f"a unit of layouts/units.csv (nearest: {', '.join(like) or 'none near it'})",
        f"If it is another spelling of one, add {line('units', printed=printed)} there, with the "
        "unit that it stands for; a unit of another size needs its factor in contract/units.csv.",
    )


def _unknown_header(reading: Reading, column: Column, layout: Layout) -> None:
    known = layout.headers.get(column.key, ())
    wholes = [column.key.rpartition(sign)[0] for sign in "/("]
    bare = next((whole for whole in wholes if whole in layout.headers), "")
    if known:
        _two_meanings(reading, column, layout.series, known)
    elif bare:
        _something_after(reading, column, layout, bare)
    else:
        _new(reading, column, layout)


def _two_meanings(
    reading: Reading, column: Column, series: str, known: tuple[HeaderRule, ...]
) -> None:
    table = reading.rule.title if reading.rule else ""
    means = sorted({" ".join(filter(None, rule.meaning)) or "not wanted" for rule in known})
    where = "in headers.csv" if column.meanings else "in other tables"
    row = line("headers", series=series, header=column.key, table=table)
    reading.fault(
        column.cell,
        f"the header {column.key!r}, which means {' or '.join(means)} {where}",
        f"one meaning of it in the table {table!r}",
        f"Say in layouts/headers.csv what it means there, as {row}, with its variable, or why it "
        "is not wanted under `note`; `editions` tells editions apart (2019-2023, -2023, 2024-).",
    )


def _something_after(reading: Reading, column: Column, layout: Layout, bare: str) -> None:
    added = column.key.removeprefix(bare)
    word = added.strip("()/")
    rule = layout.headers[bare][0]
    meaning = _meaning(column, layout, rule, bare)
    scope = line("scopes", printed=word)
    if part := sector_of(rule.variable, word, (*column.units, *reading.title.units)):
        todo = f"It is a part of {bare}. {_say(column, layout, [part])}"
        expected = "a header that is known"
    elif _TOTAL.fullmatch(added):
        todo, expected = _say(column, layout, meaning), "a header that is known"
    elif (beside := _beside(reading, bare)) and not column.scopes:
        other = "districts" if beside == "whole_city" else "whole_city"
        added = f"{added!r} after {bare!r}, beside a column of {beside}"
        reading.fault(
            column.cell,
            added,
            "a scope of layouts/scopes.csv",
            f"If it is the other scope ({other}), add {scope} to layouts/scopes.csv, with the "
            f"scope. Else: {_say(column, layout, meaning)}",
        )
        return
    else:
        todo, expected = "", "a unit, a scope or a header that is known"
        own = [unit for unit in column.units if unit]
        if rule.variable and own and all(factor(rule.variable, unit) is None for unit in own):
            todo, meaning = f"Its unit is not that of {bare}. ", []
        what = _say(column, layout, meaning)
        if todo or word in layout.units:
            todo += what
        elif own or any(reading.title.units) or added.startswith("/"):  # a unit is there, or a part
            todo = f"{what} If it is a scope, add {scope} to layouts/scopes.csv, with the scope."
        else:
            todo = (
                f"If it is a unit, add {line('units', printed=word)} to layouts/units.csv, with "
                f"the unit it stands for. If it is a scope, add {scope} to layouts/scopes.csv, "
                f"with the scope. Else: {what}"
            )
    reading.fault(column.cell, f"{added!r} after {bare!r}", expected, todo)


def _beside(reading: Reading, bare: str) -> str:
    """Scope of the columns of that wording, where they print the same one."""
    scopes = {scope for other in reading.columns if other.key == bare for scope in other.scopes}
    return scopes.pop() if len(scopes) == 1 else ""


def _meaning(column: Column, layout: Layout, rule: HeaderRule, bare: str) -> list[str]:
    """What a header may mean that begins with a known one; nothing for another quantity of it."""
    return [] if not rule.variable or another_quantity(column.key, bare) else [rule.variable]


def _new(reading: Reading, column: Column, layout: Layout) -> None:
    close = [k for k in nearest_headers(column.key, layout) if not another_quantity(column.key, k)]
    near = column.near = ", ".join(close) or "none near it"
    guess = likely(reading, column, layout)
    table = guess.get("table", "")
    meanings = [" ".join(filter(None, (guess["variable"], guess.get("scope"))))] if guess else []
    roles = "" if guess else " A column that names rows goes to layouts/labels.csv."
    reading.fault(
        column.cell,
        f"the header {column.printed!r} (read as {column.key!r})",
        f"a header of the series {layout.series!r} (nearest: {near})",
        _say(column, layout, meanings, table) + roles,
    )


def _say(column: Column, layout: Layout, meanings: list[str], table: str = "") -> str:
    """What to do about a header: its row, which leaves to a person what it is or why not wanted."""
    row = line("headers", series=layout.series, header=column.key, table=table)
    return (
        f"Add {row} to layouts/headers.csv, with the variable that it is{_named(meanings)}, or "
        "under `note` why it is not wanted."
    )


def _named(meanings: list[str]) -> str:
    """Variables that it may be, each with the quantity it is."""
    told = []
    for meaning in dict.fromkeys(meanings):
        one = variables()[meaning.partition(" ")[0]]
        told.append(f"{meaning}: {one.label_zh}, {one.unit}")
    return f" ({' or '.join(told)}?)" if told else ""
