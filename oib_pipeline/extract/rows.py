"""Rows of a block: the data year, city and soundness of each."""

from __future__ import annotations

import numpy as np

from oib_pipeline.extract.advice import line
from oib_pipeline.extract.blocks import Block
from oib_pipeline.extract.empty_rows import pass_over_empty_rows
from oib_pipeline.extract.grid import address, as_text, numbered
from oib_pipeline.extract.labels import Labels, resolve_labels
from oib_pipeline.extract.layout import Layout
from oib_pipeline.extract.levels import of_another_level
from oib_pipeline.extract.lone_provinces import check_lone_provinces
from oib_pipeline.extract.place import BLANK, CITY, PROVINCE, Resolver
from oib_pipeline.extract.reading import Reading, span
from oib_pipeline.extract.row_scopes import RowScopes
from oib_pipeline.extract.running import pass_over_running_titles
from oib_pipeline.extract.scoped_rows import ScopedRows
from oib_pipeline.extract.text import as_year, is_date, is_number, squash

SHOWN = 12
Years = np.ndarray | tuple[int, ...]


def read_rows(
    reading: Reading,
    block: Block,
    resolver: Resolver,
    declared: tuple[int, int],
    before: Reading | None,
    scopes: RowScopes | None = None,
) -> tuple[Labels, Years] | None:
    """Place and data year of every row, faults noted; None where no row can be dated."""
    cells = block.grid.cells[slice(*block.data)]
    years = _row_years(reading, block, cells, declared, resolver.layout)
    if years is None:
        return None
    pick = {role: cells[:, column] for role, column in block.labels.items()}
    labels = resolve_labels(
        pick["city"] if scopes is None else scopes.label,
        pick.get("code"),
        pick.get("province", pick.get("province_code")),
        years,
        resolver,
        province=before.province if before else None,
        under=before.under if before else False,
    )
    reading.province, reading.under = labels.province, labels.under
    reading.ignored = labels.ignored
    pass_over_empty_rows(reading, block, labels, years, resolver)
    if of_another_level(reading, block, labels, years, resolver):
        return None
    if scopes is not None:
        ScopedRows(reading, block, labels, scopes, resolver.layout).settle()
    pass_over_running_titles(reading, block, labels)
    check_lone_provinces(reading, block, labels, resolver)
    cities = np.flatnonzero(labels.kind == CITY)
    reading.cities = frozenset(labels.code[cities])
    _label_faults(reading, block, labels)
    _nameless_rows(reading, block, cells, labels, resolver.layout)
    if "english" in pick:
        _english_names(reading, block, pick["english"], labels, resolver)
    if block.grid.lengths:
        _ragged_rows(reading, block, np.flatnonzero(np.isin(labels.kind, [CITY, PROVINCE])))
    if not len(cities):
        reading.fault(
            address(block.header[0], block.labels["city"]),
            "no row of a city",
            "at least one",
            "Check the table.",
        )
    return labels, years


def _row_years(
    reading: Reading, block: Block, cells: np.ndarray, declared: tuple[int, int], layout: Layout
) -> Years | None:
    """Data year of each row (0 where none), or the years in which its names may be valid."""
    if "year" not in block.labels:
        own = sorted({c.year for c in reading.wanted if c.year is not None}, reverse=True)
        if reading.year is None and not own:
            reading.fault(
                address(block.header[0], block.columns[0]),
                "no data year",
                span(declared),
                "The table prints no year and the manifest declares several: one release a year.",
            )
            return None
        for lone in [c for c in reading.wanted if c.year is None and reading.year is None]:
            reading.fault(
                lone.cell,
                f"no data year for {lone.key!r}, although other columns have theirs",
                span(declared),
                "The header prints none and the manifest declares several: one release a year.",
            )
        return tuple(own) or (reading.year or 0,)
    column = block.labels["year"]
    ids, uniques = numbered(cells[:, column])
    texts = [as_text(value) for value in uniques]
    years = np.array([as_year(text) or 0 for text in texts], dtype=np.int64)[ids]
    dated = np.array([is_date(text) for text in texts], dtype=bool)[ids]
    if dated.any() and not _dates(reading, block, years, dated, declared):
        return None
    wrong = np.flatnonzero((years < declared[0]) | (years > declared[1]))
    rows: dict[str, list[int]] = {}
    for index in wrong.tolist():
        label = block.grid.text(block.data[0] + index, block.labels["city"]).strip()
        if label and not layout.ignores(label):
            rows.setdefault(texts[ids[index]], []).append(block.data[0] + index)
    for text, own in list(rows.items())[:SHOWN]:
        reading.fault(
            address(own[0], column),
            f"the data year {text!r}" + (f" in {len(own):,} rows" if len(own) > 1 else ""),
            span(declared),
            "Correct the row, or data_years in the manifest.",
        )
    return years


def _dates(
    reading: Reading, block: Block, years: np.ndarray, dated: np.ndarray, declared: tuple[int, int]
) -> bool:
    """Whether the dates in the column of years are all last days of years; else a fault."""
    column = block.labels["year"]
    odd = np.flatnonzero(dated & (years == 0))
    first = block.data[0] + int(odd[0] if len(odd) else np.flatnonzero(dated)[0])
    found = f"dates in the column of years, {block.grid.text(first, column)!r} the first"
    if len(odd):
        reading.fault(
            address(first, column),
            f"{len(odd):,} {found}",
            f"{span(declared)}, or its last day (31 December)",
            "The column holds dates: give it years (=YEAR() in a spreadsheet) and save it anew.",
        )
        return False
    reading.note(
        address(first, column),
        f"{int(dated.sum()):,} {found}",
        "years",
        "Each is the last day of a year, and was read as that year.",
    )
    return True


def _label_faults(reading: Reading, block: Block, labels: Labels) -> None:
    """One problem for each label and fault, at its first row, with the number of rows."""
    first: dict[str, tuple[int, str, str]] = {}
    count: dict[str, int] = {}
    for row, (found, expected, todo) in sorted(labels.faults.items()):
        first.setdefault(found, (row, expected, todo))
        count[found] = count.get(found, 0) + 1
    for found, (row, expected, todo) in first.items():
        more = f" in {count[found]} rows, this the first" if count[found] > 1 else ""
        reading.unknown.append(labels.printed[row])
        cell = address(block.data[0] + row, block.labels["city"])
        reading.fault(cell, found + more, expected, todo)


def _nameless_rows(
    reading: Reading, block: Block, cells: np.ndarray, labels: Labels, layout: Layout
) -> None:
    """Rows that name no city yet hold something: known lines of no use, or lost names."""
    for index in np.flatnonzero(labels.kind == BLANK):
        texts = [as_text(value).strip() for value in cells[index]]
        odd = next(
            (
                column
                for column in range(*block.columns)
                if texts[column] and not layout.ignores(texts[column])
            ),
            None,
        )
        if odd is not None:
            reading.fault(
                address(block.data[0] + int(index), odd),
                f"{texts[odd]!r} in a row without a city",
                "a city's name in that row",
                _line_of_no_use(layout, texts[odd]),
            )


def _line_of_no_use(layout: Layout, text: str) -> str:
    if is_number(text):
        return "Check the row: its name may be lost."
    begins = squash(text).partition(":")[0][:40]
    row = line("rows", series=layout.series, match="prefix", label=begins, action="ignore")
    return (
        f"Check the row; if it is a line of no use, add {row} to layouts/rows.csv, with what it is."
    )


def _english_names(
    reading: Reading, block: Block, cells: np.ndarray, labels: Labels, resolver: Resolver
) -> None:
    """Rows whose English name is another city's: the two names have come apart.

    English names are no keys (Suzhou is two cities, spellings vary), so one that is nobody's says
    nothing.
    """
    ids, uniques = numbered(cells)
    meant = [resolver.english(as_text(value)) for value in uniques]
    for index in np.flatnonzero(labels.kind == CITY).tolist():
        others = meant[ids[index]]
        if others and labels.code[index] not in others:
            row = block.data[0] + index
            rule = resolver.layout.row_rule(labels.printed[index])
            if rule is not None and rule.action == "city":
                continue
            reading.fault(
                address(row, block.labels["english"]),
                f"{as_text(cells[index]).strip()!r} beside {labels.printed[index]!r}",
                f"the English name of {labels.printed[index]} ({labels.code[index]})",
                "Check the row; if only the English is wrong, name the row in layouts/rows.csv.",
            )


def _ragged_rows(reading: Reading, block: Block, rows: np.ndarray) -> None:
    expected = block.grid.lengths[block.header[0]]
    for index in rows:
        row = block.data[0] + int(index)
        if block.grid.lengths[row] != expected:
            reading.fault(
                f"row {row + 1}",
                f"{block.grid.lengths[row]} fields",
                f"{expected}, as in the header",
                "Check the row's commas and quotes.",
            )
