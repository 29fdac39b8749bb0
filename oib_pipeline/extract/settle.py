"""Columns of a block -> the scope, unit and year of each, from itself or else from the title."""

from __future__ import annotations

from oib_pipeline.contract.units import factor, stated_units
from oib_pipeline.extract.grid import address
from oib_pipeline.extract.header import Column, nearest_headers
from oib_pipeline.extract.layout import Layout
from oib_pipeline.extract.reading import Reading, span


def settle_columns(reading: Reading, layout: Layout, years: tuple[int, int]) -> None:
    """Fill in year, scopes and units; every header that is unknown or at odds becomes a fault."""
    _settle_year(reading, years)
    _check_headers(reading, layout)
    for line in reading.title.unknown_units:
        reading.fault(
            address(line.row, line.column),
            f"the unit {line.text.strip()!r}",
            "a unit of layouts/units.csv",
            "Add its spelling there.",
        )
    for column in reading.wanted:
        _settle_scope(reading, column)
        _settle_unit(reading, column)
        if column.year is not None and not years[0] <= column.year <= years[1]:
            _wrong_year(reading, column.cell, column.year, years)


def _settle_year(reading: Reading, years: tuple[int, int]) -> None:
    """The data year: printed and as declared, or the only one declared."""
    printed = sorted(set(reading.title.years))
    for year in printed:
        if not years[0] <= year <= years[1]:
            line = reading.title.lines[0]
            _wrong_year(reading, address(line.row, line.column), year, years)
    if len(printed) == 1:
        reading.year = printed[0]
    elif years[0] == years[1]:
        reading.year = years[0]


def _wrong_year(reading: Reading, cell: str, year: int, years: tuple[int, int]) -> None:
    todo = "Correct data_years in the manifest, or move the file to its release."
    reading.fault(cell, f"the data year {year}", span(years), todo)


def _check_headers(reading: Reading, layout: Layout) -> None:
    seen: dict[tuple[str, tuple[str, ...], int | None], str] = {}
    for column in reading.columns:
        if column.unknown_unit:
            reading.fault(
                column.cell,
                f"the unit {column.unknown_unit!r}",
                "a unit of layouts/units.csv",
                "Add its spelling there.",
            )
        if not column.key:
            if column.printed:
                reading.fault(
                    column.cell,
                    f"a header without a name, {column.printed!r}",
                    "the wording of a variable",
                    "Check the header rows: a heading may be missing.",
                )
            continue
        same = (column.key, tuple(sorted(set(column.scopes))), column.year)
        if same in seen:
            reading.fault(
                column.cell,
                f"the header {column.key!r} a second time",
                f"it once (it also stands in {seen[same]})",
                "Check the header rows: a heading may be missing.",
            )
        seen.setdefault(same, column.cell)
        if column.rule is None:
            _unknown_header(reading, column, layout)


def _unknown_header(reading: Reading, column: Column, layout: Layout) -> None:
    bare = column.key.rpartition("(")[0] or column.key.rpartition("/")[0]
    if bare in layout.headers:
        reading.fault(
            column.cell,
            f"{column.key.removeprefix(bare)!r} after {bare!r}",
            "a unit, a scope or a header that is known",
            "Add it to layouts/units.csv, scopes.csv or headers.csv, whichever it is.",
        )
        return
    near = ", ".join(nearest_headers(column.key, layout)) or "none near it"
    reading.fault(
        column.cell,
        f"the header {column.printed!r} (read as {column.key!r})",
        f"a header of the series {layout.series!r} (nearest: {near})",
        f"Add {column.key!r} to layouts/headers.csv, with its variable or as not wanted.",
    )


def _settle_scope(reading: Reading, column: Column) -> None:
    rule = reading.rule
    printed = sorted({*column.scopes, *reading.title.scopes})
    if len(printed) > 1:
        reading.fault(
            column.cell,
            f"two scopes, {' and '.join(printed)}",
            "one scope in header and title, the same in Chinese and English",
            "Check the page.",
        )
    default = rule.scope if rule and rule.scope != "both" else ""
    column.scope = printed[0] if printed else (column.known.scope or default)
    if not column.scope:
        reading.fault(
            column.cell,
            f"no scope for {column.key!r}",
            "全市 or 市辖区 in header or title",
            "Give the scope in layouts/tables.csv or headers.csv if the source says it elsewhere.",
        )


def _settle_unit(reading: Reading, column: Column) -> None:
    printed = [unit for unit in column.units if unit] or [u for u in reading.title.units if u]
    stated = sorted(set(printed))
    column.unit = printed[0] if printed else column.known.unit
    allowed = f"one of {', '.join(stated_units(column.variable))}"
    if len(stated) > 1:
        reading.fault(
            column.cell,
            f"two units, {' and '.join(stated)}",
            "one unit, the same in Chinese and English",
            "Check the page.",
        )
    elif not column.unit:
        reading.fault(
            column.cell,
            f"no unit for {column.key!r}",
            allowed,
            "Give the unit in layouts/headers.csv if the source says it elsewhere.",
        )
    elif factor(column.variable, column.unit) is None:
        reading.fault(
            column.cell,
            f"the unit {column.unit!r} for {column.key!r}",
            allowed,
            "Check the header; a unit new to the contract goes to contract/units.csv.",
        )
