"""Data year, city and validity of each row."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from oib_pipeline.extract.layouts.layout import Layout, csv_row
from oib_pipeline.extract.parse.blocks import Block
from oib_pipeline.extract.parse.english_names import skip_running_titles
from oib_pipeline.extract.parse.reading import Reading, span
from oib_pipeline.extract.parse.row_labels import (
    BLANK,
    CITY,
    IGNORED,
    PROVINCE,
    WRONG,
    CityResolver,
    Labels,
    resolve_labels,
)
from oib_pipeline.extract.parse.row_scopes import RowScopes, ScopedRows
from oib_pipeline.extract.validate.levels import of_another_level
from oib_pipeline.extract.workbook.grid import (
    address,
    as_text,
    as_year,
    is_date,
    is_number,
    numbered,
    squash,
)

SHOWN = 12


def check_lone_provinces(
    reading: Reading, block: Block, labels: Labels, resolver: CityResolver
) -> None:
    """Note a fault for a lone one: taken for the province, the city's figures would be lost.

    Figures in rows of several provinces are theirs: they are passed over, and told.
    """
    values = list(block.values)
    filled = [
        index
        for index in np.flatnonzero(labels.kind == PROVINCE).tolist()
        if any(as_text(value).strip() for value in block.grid.cells[block.data[0] + index, values])
    ]
    if len(filled) > 1:
        names = list(dict.fromkeys(str(labels.printed[index]) for index in filled))
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        reading.note(
            address(block.data[0] + filled[0], block.labels["city"]),
            f"figures in {len(filled)} rows of provinces ({'、'.join(names[:SHOWN])}{more})",
            "figures of cities",
            "They were passed over: a province's figures are no city's.",
        )
        return
    for index in filled:
        label = labels.printed[index]
        spans = resolver.names.valid_years(f"{label}市")
        if not spans:
            continue
        row = csv_row("rows", series=reading.series, match="exact", label=label, action="city",
                   reason="its province's row is lost")  # fmt: skip
        reading.fault(
            address(block.data[0] + index, block.labels["city"]),
            f"figures in the row {label!r}, which is a province and a city",
            "no figures in the row of a province, as in the others",
            f"If it is the city ({label}市 {spans[0][0]}), and its province's row is lost, add "
            f"{row} to layouts/rows.csv, with its code.",
        )


Years = np.ndarray | tuple[int, ...]


def pass_over_empty_rows(
    reading: Reading, block: Block, labels: Labels, years: Years, resolver: CityResolver
) -> None:
    """Take such rows for rows of no use, and tell of them in one line.

    A balanced panel goes on with the name of an abolished city. Where no year stands in the rows, a
    name without figures may head the rows below it, unless the registry has it as a city's.
    """
    wanted = [column.index for column in reading.wanted]
    if not wanted:
        return
    cells = block.grid.cells[slice(*block.data)]
    empty = [
        row
        for row in np.flatnonzero(labels.kind == WRONG).tolist()
        if (isinstance(years, np.ndarray) or resolver.spans(str(labels.printed[row])))
        and not any(as_text(value).strip() for value in cells[row, wanted])
    ]
    if not empty:
        return
    labels.kind = labels.kind.copy()
    labels.kind[empty] = IGNORED
    of: dict[str, list[int]] = {}
    for row in empty:
        labels.faults.pop(row, None)
        of.setdefault(str(labels.printed[row]), []).append(row)
    told = [
        name + (f" in {_span(years[own])}" if isinstance(years, np.ndarray) else "")
        for name, own in of.items()
    ]
    more = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
    reading.note(
        address(block.data[0] + empty[0], block.labels["city"]),
        f"{len(empty)} row{'s' * (len(empty) > 1)} without any value, of no city known then "
        f"({'; '.join(told[:SHOWN])}{more})",
        "rows of cities",
        "They were passed over: they hold nothing.",
    )


def _span(years: np.ndarray) -> str:
    first, last = years.min(), years.max()
    return f"{first}" if first == last else f"{first}-{last}"


def read_rows(
    reading: Reading,
    block: Block,
    resolver: CityResolver,
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
    skip_running_titles(reading, block, labels)
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
    row = csv_row("rows", series=layout.series, match="prefix", label=begins, action="ignore")
    return (
        f"Check the row; if it is a line of no use, add {row} to layouts/rows.csv, with what it is."
    )


def _english_names(
    reading: Reading, block: Block, cells: np.ndarray, labels: Labels, resolver: CityResolver
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


_MARK = re.compile(
    r"\s*((?:[\u2460-\u2473\u2474-\u2487\u2776-\u277f\u00b9\u00b2\u00b3\u2070-\u2079*＊※†‡§#▲△●○★☆◆◇]"
    r"|[\[(（［]\s*\d{1,2}\s*[\])）］])+)\s*$"
)
_NOTE = re.compile(r"\s*(?:附?注|说明|备注|notes?\b)", re.IGNORECASE)


def without_name_marks(reading: Reading, block: Block, resolver: CityResolver) -> Block:
    """The block with its places named without marks, which are told of in one line.

    A mark that no note of the page explains is a fault: it may be part of what the row is.
    """
    column = block.labels["city"]
    ids, uniques = numbered(block.grid.cells[slice(*block.data), column])
    marked = {
        index: (match.string[: match.start()], match[1])
        for index, value in enumerate(uniques)
        if (match := _MARK.search(as_text(value))) and _named(match, resolver)
    }
    if not marked:
        return block
    notes = _notes(block)
    for explained in (True, False):
        mine = {
            index: mark
            for index, (_, mark) in marked.items()
            if any(note == mark or _explains(note, mark) for note in notes) is explained
        }
        if mine:
            rows = np.flatnonzero(np.isin(ids, [*mine]))
            _tell(reading, block, rows, [as_text(uniques[i]).strip() for i in mine], explained)
    cells = block.grid.cells.copy()
    for index, (name, _) in marked.items():
        cells[np.flatnonzero(ids == index) + block.data[0], column] = name
    return replace(block, grid=replace(block.grid, cells=cells))


def _named(match: re.Match[str], resolver: CityResolver) -> bool:
    """Whether a place is named before the mark, and none with it."""
    name = match.string[: match.start()]
    known = resolver.is_place(name) or resolver.names.county_level(name, 0) is not None
    return known and not resolver.is_place(match.string)


def _notes(block: Block) -> set[str]:
    """Texts from the data of the block on that begin as a note does, or with a mark."""
    cells = block.grid.cells[block.data[0] :].ravel().tolist()
    texts = {value.strip() for value in cells if isinstance(value, str) and value.strip()}
    return {text for text in texts if _NOTE.match(text) or _MARK.match(text[:1])}


def _explains(note: str, mark: str) -> bool:
    return mark in note and len(note) > len(mark)


def _tell(
    reading: Reading, block: Block, rows: np.ndarray, names: list[str], explained: bool
) -> None:
    cell = address(block.data[0] + int(rows[0]), block.labels["city"])
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    found = f"marks of notes after {'、'.join(names[:SHOWN])}{more}"
    if explained:
        reading.note(cell, found, "names of places", "A note of the page explains them; the names "
                     "were read without.")  # fmt: skip
        return
    reading.fault(
        cell,
        found,
        "names of places, or a note on the page (注：...) that explains the marks",
        "Put the note below the table as the page prints it; if it prints none, take the marks out "
        "of the cells.",
    )
