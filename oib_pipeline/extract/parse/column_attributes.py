"""Resolve year, scope and unit of each column: column, title, manifest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oib_pipeline.contract.variables import factor, stated_units, variables
from oib_pipeline.extract.layouts.layout import csv_row as advice
from oib_pipeline.extract.parse.blocks import Block
from oib_pipeline.extract.parse.cell_text import unit_line
from oib_pipeline.extract.parse.header import Column
from oib_pipeline.extract.parse.reading import Reading, span
from oib_pipeline.extract.parse.row_labels import CityResolver
from oib_pipeline.extract.parse.values import parse_values
from oib_pipeline.extract.validate.headers import check_headers, unknown_unit
from oib_pipeline.extract.validate.plausibility import WHOLES, magnitudes
from oib_pipeline.extract.workbook.grid import address, as_text, as_year, plain_text

WORDS = {"mcny": "million yuan", "cny": "yuan", "k_persons": "thousand persons"}


@dataclass(frozen=True)
class Values:
    """Numbers of a column (values,), with the label and data year of the row each stands in."""

    number: np.ndarray
    label: list[str]
    year: np.ndarray

    @classmethod
    def of(cls, reading: Reading, column: Column, block: Block) -> Values:
        """Those of a column, its rows not yet resolved; year 0 where none is known."""
        cells = block.grid.cells[slice(*block.data)]
        number = parse_values(cells[:, column.index], frozenset()).number
        kept = np.flatnonzero(np.isfinite(number))
        labels = [as_text(cells[row, block.labels["city"]]).strip() for row in kept]
        own = column.year or reading.year or 0
        years = [
            (as_year(as_text(cells[row, block.labels["year"]])) or 0)
            if "year" in block.labels
            else own
            for row in kept
        ]
        return cls(number[kept], labels, np.array(years, dtype=np.int64))


def which_unit(reading: Reading, column: Column, stated: list[str], block: Block) -> str:
    """The one stated unit that the variable can have and that fits its values; else blank.

    The headers table decides first, where it names one of them.
    """
    if column.known.unit in stated:
        return column.known.unit
    possible = [unit for unit in stated if factor(column.variable, unit) is not None]
    if len(possible) == 1:
        return possible[0]
    fitting = _fitting(column.variable, possible, Values.of(reading, column, block))
    return fitting[0] if len(fitting) == 1 else ""


def candidates(
    reading: Reading, column: Column, possible: list[str], block: Block, resolver: CityResolver
) -> str:
    """What each unit that fits would make of a known city, in words; all where none fits."""
    values = Values.of(reading, column, block)
    fitting = _fitting(column.variable, possible, values) or possible
    name = variables()[column.variable].unit
    place = next(
        (
            i
            for i, (label, year) in enumerate(zip(values.label, values.year.tolist(), strict=True))
            if resolver.city(label, None, (year,) if year else (2000,))
        ),
        None,
    )
    if place is None:
        return f"It may be {' or '.join(fitting)}."
    year = f" {values.year[place]}" if values.year[place] else ""
    made = [
        f"{unit} would make {'it ' if i else f'{values.label[place]}{year} '}"
        f"{values.number[place] * (factor(column.variable, unit) or 0):,.10g}"
        + ("" if i else f" {WORDS.get(name, name)}")
        for i, unit in enumerate(fitting)
    ]
    return ", ".join(made) + "."


def _fitting(variable: str, possible: list[str], values: Values) -> list[str]:
    """Units in which the median of the values is of a size that the variable can have."""
    limit = magnitudes()[variable]
    dated = values.year > 0 if limit.of else np.ones(len(values.number), dtype=bool)
    number, year = values.number[dated], values.year[dated]
    if not len(number):
        return []
    median = float(np.median(limit.measured(number, year)))
    low, high = limit.bounds(len(set(values.label))) if limit.of else (limit.low, limit.high)
    one: dict[float, str] = {}
    for unit in possible:  # one spelling of a size
        one.setdefault(factor(variable, unit) or 0.0, unit)
    return [unit for scale, unit in one.items() if low <= median * scale <= high]


def printed_units(reading: Reading, column: Column) -> list[str]:
    """Units that a column prints, or else those over the table; empty where there are none.

    What stands over a table is passed over where a row of headers.csv says a unit in that table.
    """
    own = [unit for unit in column.units if unit]
    return own or ([] if _said_in_table(column) else [u for u in reading.title.units if u])


def beside_units(reading: Reading, column: Column) -> dict[float, str]:
    """Units that the columns of its kind print, with the cell of the first, by their factor.

    Empty for a column of which a row of headers.csv says the unit in that very table.
    """
    found: dict[float, str] = {}
    for other in [] if _said_in_table(column) else reading.wanted:
        printed = printed_units(reading, other)
        scale = factor(other.variable, printed[0]) if printed else None
        if scale and other is not column and _kind(other.variable) == _kind(column.variable):
            found.setdefault(scale, f"{printed[0]} ({other.cell})")
    return found


def _said_in_table(column: Column) -> bool:
    return bool(column.known.table and column.known.unit)


def _kind(variable: str) -> str:
    """What is counted: a whole and its parts are of one kind, other variables of their own."""
    for bundle, whole in WHOLES.items():
        if variable == whole:
            return bundle
    return variables()[variable].bundle or variable


def resolve_columns(
    reading: Reading,
    block: Block,
    resolver: CityResolver,
    years: tuple[int, int],
    latest: int | None = None,
) -> None:
    """Fill in year, scopes and units; every header that is unknown or at odds becomes a fault.

    ``latest`` is the year that the edition is of, where the series has such a rule.
    """
    layout = resolver.layout
    _settle_year(reading, block, years, latest)
    check_headers(reading, layout)
    for place in reading.title.unknown_units:
        stated = unit_line(plain_text(place.text), layout)
        printed = stated.unknown_unit if stated else place.text.strip()
        unknown_unit(reading, address(place.row, place.column), printed, layout)
    for column in reading.wanted:
        _settle_scope(reading, column)
        _settle_unit(reading, column, block, resolver)
        if column.year is not None and not years[0] <= column.year <= years[1]:
            _wrong_year(reading, column.cell, column.year, years)


def _settle_year(
    reading: Reading, block: Block, years: tuple[int, int], latest: int | None
) -> None:
    """The data year: printed as declared, the only one declared, the sheet's or the edition's."""
    printed = sorted(set(reading.title.years))
    for year in printed:
        if not years[0] <= year <= years[1]:
            line = reading.title.lines[0]
            _wrong_year(reading, address(line.row, line.column), year, years)
    if len(printed) == 1:
        reading.year = printed[0]
    elif years[0] == years[1]:
        reading.year = years[0]
    elif not printed and latest is None and "year" not in block.labels:
        _year_of_sheet(reading, years)
    elif not printed and latest == years[1]:
        reading.year = latest
        first = reading.columns[0].cell if reading.columns else ""
        reading.note(
            first,
            f"columns without a year in {reading.title.printed!r}",
            "a printed year, where the manifest declares several",
            f"They were taken for {latest}, the year that the edition is of.",
        )


def _year_of_sheet(reading: Reading, years: tuple[int, int]) -> None:
    """A sheet named 2015 or 2015年 states the data year of its columns that print none."""
    named = as_year(reading.sheet)
    lone = next((c for c in reading.wanted if c.year is None), None)
    if named is None or lone is None:
        return
    if not years[0] <= named <= years[1]:
        _wrong_year(reading, lone.cell, named, years)
    reading.year = named
    reading.note(
        lone.cell,
        f"a table without a year in the sheet {reading.sheet!r}",
        "a printed year, where the manifest declares several",
        f"It was taken for {named}, the year that the sheet is named for.",
    )


def _wrong_year(reading: Reading, cell: str, year: int, years: tuple[int, int]) -> None:
    todo = "Correct edition or data_years, in the manifest or as given, or move the file away."
    reading.fault(cell, f"the data year {year}", span(years), todo)


def _settle_scope(reading: Reading, column: Column) -> None:
    rule = reading.rule
    said = {column.known.scope} if column.known.scope else set()
    printed = sorted({*column.scopes, *reading.title.scopes, *said})
    if reading.row_scopes and not printed:
        return
    if reading.row_scopes:
        reading.fault(
            column.cell,
            f"the scope {' and '.join(printed)} over rows that print a scope of their own",
            "the scope in one place",
            "Check the page: title and header should print none where rows do.",
        )
    if len(printed) > 1:
        reading.fault(
            column.cell,
            f"two scopes, {' and '.join(printed)}",
            "one scope in header and title, the same in Chinese and English",
            "Check the page.",
        )
    default = rule.scope if rule and rule.scope != "both" else ""
    column.scope = printed[0] if printed else default
    if not column.scope:
        reading.fault(
            column.cell,
            f"no scope for {column.key!r}",
            "全市 or 市辖区 in header or title",
            f"If the source says it elsewhere, add {_row(reading, column, scope='')} to "
            "layouts/headers.csv, with that scope (whole_city or districts), or give it for the "
            "whole table in tables.csv.",
        )


def _settle_unit(reading: Reading, column: Column, block: Block, resolver: CityResolver) -> None:
    printed = printed_units(reading, column)
    stated = sorted(set(printed))
    column.unit = printed[0] if printed else column.known.unit
    if len(stated) > 1 and not any(column.units) and reading.title.several_units:
        column.unit = which_unit(reading, column, stated, block)
        if not column.unit:
            possible = [u for u in stated if factor(column.variable, u) is not None] or stated
            _ask_unit(
                reading,
                column,
                f"the units {', '.join(stated)} over the whole table, and none for {column.key!r}",
                "one of them that its values fit",
                candidates(reading, column, possible, block, resolver),
            )
    elif len(stated) > 1:
        reading.fault(
            column.cell,
            f"two units, {' and '.join(stated)}",
            "one unit, the same in Chinese and English",
            "Check the page.",
        )
    elif column.unit and not printed and (beside := beside_units(reading, column)):
        _as_beside(reading, column, beside)
    elif not column.unit and (reading.title.unknown_units or column.unknown_unit):
        return  # reported already
    elif not column.unit:
        possible = stated_units(column.variable)
        _ask_unit(
            reading,
            column,
            f"no unit for {column.key!r}",
            f"one of {', '.join(possible)}",
            candidates(reading, column, possible, block, resolver),
        )
    elif factor(column.variable, column.unit) is None:
        reading.fault(
            column.cell,
            f"the unit {column.unit!r} for {column.key!r}",
            f"one of {', '.join(stated_units(column.variable))}",
            "Check the header; a unit new to the contract goes to contract/units.csv.",
        )


def _as_beside(reading: Reading, column: Column, beside: dict[float, str]) -> None:
    """A column that prints no unit beside columns of its kind that print theirs.

    The one unit that they print goes before the one that the series usually has; where they print
    several, nothing says which it is.
    """
    if len(beside) > 1:
        _ask_unit(
            reading,
            column,
            f"no unit for {column.key!r}, beside {' and '.join(beside.values())}",
            "a unit of its own, or one for all of its kind in the table",
            "those beside it do not say which.",
        )
        return
    ((scale, printed),) = beside.items()
    if scale != factor(column.variable, column.unit):
        unit, _, cell = printed.partition(" ")
        reading.note(
            column.cell,
            f"no unit for {column.key!r}, beside {printed}",
            f"a unit of its own; the series usually has {column.unit}",
            f"It was read in {unit}, as the page prints in {cell.strip('()')}.",
        )
        column.unit = unit


def _ask_unit(reading: Reading, column: Column, found: str, expected: str, which: str) -> None:
    """A unit that only the source can say: its row leaves it empty, so that none is guessed."""
    row = _row(reading, column, unit="")
    todo = f"If the source says it elsewhere, add {row} to layouts/headers.csv, with that unit"
    reading.fault(column.cell, found, expected, f"{todo}: {which}")


def _row(reading: Reading, column: Column, **cells: str) -> str:
    """The row of headers.csv that says something of a column in its table."""
    known = {"scope": column.known.scope, "unit": column.known.unit} | cells
    table = reading.rule.title if reading.rule else ""
    return advice("headers", series=reading.series, header=column.key, variable=column.variable,
                  table=table, **known)  # fmt: skip
