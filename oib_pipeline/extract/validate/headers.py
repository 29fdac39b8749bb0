"""Unknown headers and titles, with the row that would explain them."""

from __future__ import annotations

import difflib
import re

from oib_pipeline.contract.variables import factor, variables
from oib_pipeline.extract.layouts.layout import HeaderRule, Layout, csv_row
from oib_pipeline.extract.parse.blocks import Block
from oib_pipeline.extract.parse.header import Column, nearest_headers
from oib_pipeline.extract.parse.reading import Reading
from oib_pipeline.extract.parse.title import Line, nearest_titles, title_keys
from oib_pipeline.extract.workbook.grid import address


def unknown_title(reading: Reading, block: Block, layout: Layout) -> None:
    """Note why no rule of tables.csv follows from the lines above a table."""
    title = reading.title
    for unknown in title.unknown:
        _unknown(reading, unknown, layout)
    if title.unknown:
        return
    if len(title.named) > 1:
        first = title.lines[0]
        reading.fault(
            address(first.row, first.column),
            f"the titles of {len(title.named)} tables over one, {' and '.join(title.named)}",
            "one title over each table",
            "Check the page: rows between two tables, or the city column of one, may be lost; a "
            "line that only stands over titles has `heading` for `read` in layouts/tables.csv.",
        )
    elif title.lines:
        for one in title.lines:
            _unknown(reading, one, layout)
    else:
        _missing(reading, block, layout)


def _unknown(reading: Reading, one: Line, layout: Layout) -> None:
    series = layout.series
    near = ", ".join(nearest_titles(one.text, layout)) or "none near it"
    keys = title_keys(one, layout) or [one.text]
    rows = " and ".join(csv_row("tables", series=series, title=key) for key in keys)
    todo = (
        f"It stands beside a title that is known: add {rows} to layouts/tables.csv, with `heading` "
        "under action."
        if reading.title.named
        else f"Add {rows} to layouts/tables.csv, under action with `read` (then with the scope of "
        "its figures, or `both` where its headers print it, and the variables it must have under "
        "`requires`), `skip` (with the reason), or `heading` if it only stands over titles."
    )
    reading.fault(
        address(one.row, one.column),
        f"the title {one.text.strip()!r}",
        f"a title of the series {series!r} (nearest: {near})",
        todo,
    )


def _missing(reading: Reading, block: Block, layout: Layout) -> None:
    named = list(dict.fromkeys(column.key for column in reading.columns if column.key))
    known = ", ".join(rule.title for rule in layout.tables if rule.columns)
    row = csv_row("tables", series=layout.series, title=f"[{'+'.join(named[:2])}]")
    reading.fault(
        address(block.header[0], block.columns[0]),
        f"a table without a title, with the columns {', '.join(map(repr, named))}",
        "a title, or columns by which tables.csv knows an untitled table of the series "
        f"{layout.series!r} ({known or 'it knows none'})",
        f"Add {row} to layouts/tables.csv, under action with `read` (then with the scope of its "
        "figures and the variables it must have under `requires`) or `skip` (with the reason).",
    )


_TOTAL_SUFFIX = re.compile(r"/(?:合计|总计|总数|小计|全部)$")
HARMLESS = set("年末期单位全部总数人的实有当价格")
SECTORS = {"第一产业": "primary", "第二产业": "secondary", "第三产业": "tertiary"}
PARTS = {"gdp_mcny": ("va_mcny", "share_pct"), "employment_k": ("employment_k", "employment_pct")}
COUNTED = {
    "从业": "employment_k",
    "就业": "employment_k",
    "劳动者": "employment_k",
    "职工": "employment_k",
    "生产总值": "gdp_mcny",
    "GDP": "gdp_mcny",
    "增加值": "gdp_mcny",
}
# words that make another quantity of what they stand beside: an index of GDP is no GDP
_OTHER = re.compile(
    "指数|平减|增长|增速|增幅|同比|环比|实际|不变价|可比价|比重|占比|构成|人均|户均|地均|密度|率"
    "|index|deflator|growth|rate|real(?!e)|share|percentage|percapita|density"
)
ALIKE = 0.75  # how alike an unknown header must be to a known one to be taken for a slip of it


def another_quantity(key: str, known: str) -> bool:
    """Whether one of two headers says index, growth, share, per head or the like, and one not."""
    return set(_OTHER.findall(key)) != set(_OTHER.findall(known))


def suggest_meaning(reading: Reading, column: Column, layout: Layout) -> dict[str, str]:
    """Variable, scope and table; empty where nothing is near.

    A known header with a scope's word before or after it; a variable whose label holds the header
    or is held by it, of those the table must have or its title speaks of; a known header that is
    almost the same.
    """
    for word, scope in layout.scopes.items():
        rest = column.key.replace(word, "", 1).strip("-_—()/:的")
        if word in column.key and rest in layout.headers:
            rule = layout.headers[rest][0]
            if rule.variable:
                return {"variable": rule.variable, "scope": scope, "unit": rule.unit}
    if name := _sector(reading, column):
        return {"variable": name, "table": reading.rule.title if reading.rule else ""}
    whole = _TOTAL_SUFFIX.sub("", column.key)
    joined = whole.replace("/", "")  # a heading broken into two lines
    if "/" in whole and joined not in layout.headers:
        return {}  # a part of what the heading above it names
    whole = joined
    if whole != column.key and whole in layout.headers:
        rule = layout.headers[whole][0]
        return {"variable": rule.variable} if rule.variable else {}
    if name := _by_label(reading, column, whole):
        table = reading.rule.title if reading.rule else ""
        return {
            "variable": name,
            "table": table if column.key != variables()[name].label_zh else "",
        }
    close = difflib.get_close_matches(column.key, list(layout.headers), n=3, cutoff=ALIKE)
    alike = [key for key in close if not another_quantity(column.key, key)]
    rules = [rule for key in alike[:1] for rule in layout.headers[key] if rule.variable]
    return {"variable": rules[0].variable} if rules else {}


def _sector(reading: Reading, column: Column) -> str:
    """The variable of a sector whose heading or title says what is counted; blank for no other.

    By its unit, or the one over the table, it is a level or a share.
    """
    zh = next((name for name in SECTORS if name in column.key), "")
    over = re.sub("产业", "", f"{reading.title.printed} {column.key}")
    wholes = {whole for word, whole in COUNTED.items() if word in over}
    if not zh or len(wholes) != 1 or set(column.key.rpartition("/")[2]) - set(zh + "#其中:"):
        return ""
    units = tuple(unit for unit in (column.units or reading.title.units) if unit)
    units = units or tuple(
        unit
        for other in reading.columns
        if other.variable in wholes
        for unit in other.units
        if unit
    )
    return sector_of(wholes.pop(), zh, units) if units else ""


def _only_adds(word: str, label: str) -> bool:
    """Whether a header is a label with words that make no other quantity of it."""
    return label in word and set(word.replace(label, "", 1)) <= HARMLESS


def _by_label(reading: Reading, column: Column, key: str) -> str:
    """The one variable whose label fits header and title; blank where several do, or none."""
    rule = reading.rule
    needs = {n.partition("@")[0] for need in (rule.requires if rule else ()) for n in need}
    title = rule.title if rule else reading.title.printed
    words = {key, re.sub(r"\(.*?\)", "", key)} - {""}
    shared: dict[str, int] = {}
    for name, variable in sorted(variables().items()):
        label = variable.label_zh
        word = next((w for w in words if w in label or _only_adds(w, label)), "")
        fits = not column.units or any(factor(name, unit) is not None for unit in column.units)
        same = not another_quantity(key, label)
        if word and fits and same and (name in needs or not needs):
            rest = set(label.replace(word, "", 1)) - set("产业的数")
            shared[name] = len(rest & set(title)) + (1 if name in needs or not rest else 0)
    best = max(shared.values(), default=0)
    found = [name for name, count in shared.items() if count == best and best > 0]
    return found[0] if len(found) == 1 else ""


def sector_of(whole: str, word: str, units: tuple[str, ...]) -> str:
    """The variable of a sector named below the heading of the whole economy; blank for no sector.

    By its unit it is a level or a share of the whole.
    """
    found = next((name for zh, name in SECTORS.items() if zh in word), "")
    if not found or whole not in PARTS:
        return ""
    names = [f"{found}_{end}" for end in PARTS[whole]]
    fits = [n for n in names if any(factor(n, unit) is not None for unit in units if unit)]
    return (fits or names)[0]


_TOTAL_WORD = re.compile(r"[/(](?:合计|总计|总数|小计|全部|计)\)?")


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
    row = csv_row("headers", series=layout.series, header=title, table=title)
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
        f"If it is another spelling of one, add {csv_row('units', printed=printed)} there, with "
        "the unit that it stands for; a unit of another size needs its factor in "
        "contract/units.csv.",
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
    row = csv_row("headers", series=series, header=column.key, table=table)
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
    scope = csv_row("scopes", printed=word)
    if part := sector_of(rule.variable, word, (*column.units, *reading.title.units)):
        todo = f"It is a part of {bare}. {_say(column, layout, [part])}"
        expected = "a header that is known"
    elif _TOTAL_WORD.fullmatch(added):
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
                f"If it is a unit, add {csv_row('units', printed=word)} to layouts/units.csv, with "
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
    guess = suggest_meaning(reading, column, layout)
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
    row = csv_row("headers", series=layout.series, header=column.key, table=table)
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
