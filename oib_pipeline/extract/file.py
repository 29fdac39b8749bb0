"""One file to its readings: sheets, tables, what is skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

from oib_pipeline.contract.errors import Problem, SourceError
from oib_pipeline.contract.manifest import Declared
from oib_pipeline.extract.layouts.layout import FOLDER, Layout, csv_row, load_layout
from oib_pipeline.extract.parse.blocks import find_blocks
from oib_pipeline.extract.parse.cell_text import parse_segment
from oib_pipeline.extract.parse.english_names import in_chinese
from oib_pipeline.extract.parse.reading import Reading
from oib_pipeline.extract.parse.row_labels import CityResolver
from oib_pipeline.extract.parse.table import TableReader
from oib_pipeline.extract.validate.completeness import missing_required
from oib_pipeline.extract.validate.plausibility import check_scale
from oib_pipeline.extract.validate.values import unreadable_values
from oib_pipeline.extract.workbook.grid import (
    Grid,
    address,
    as_text,
    as_year,
    column_letters,
    is_number,
    numbered,
    squash,
)
from oib_pipeline.extract.workbook.reader import each_grid, is_companion
from oib_pipeline.registry.names import Gazetteer

DEEP = 40  # rows in which names of cities side by side are looked for
FEW = 3  # places in a column from which it is taken for the one that names cities


def no_city_head(grid: Grid, reader: TableReader) -> str:
    """The row of labels.csv that the head over the most names of cities asks for."""
    row, column = _most(grid, reader.resolver.is_place)
    if row >= 0 and (many := _provinces(grid, column, reader)):
        return (
            f"The column of {address(row, column)} names {many} provinces and no more cities: "
            "a province's figures are no city's. Move the file out of the release."
        )
    if row >= 0 and (named := _indicators(grid, reader)) >= 0:
        where = f"{column_letters(named)}{row + 1}"
        return (
            f"The column of {where} names variables in its rows, which no row of a table mends: "
            "export it with a column for each of them (in a pivot table), or a file for each."
        )
    if row >= 0:
        over = [
            r
            for r in range(row - 1, -1, -1)
            if grid.text(r, column).strip() and not _figures(grid, r, column)
        ]
        if not over:
            return f"Write 城市 over the column of cities, which begins in {address(row, column)}."
        head = squash(grid.text(over[0], column))
        added = csv_row("labels", series=reader.layout.series, header=head)
        where = address(over[0], column)
        return (
            f"If {where} heads the column that names the rows, add {added} to layouts/labels.csv, "
            "with `city` under role if its names are those of cities."
        )
    if (across := _across(grid, reader.resolver.is_place)) >= 0:
        return (
            f"The cities stand side by side in row {across + 1}, which no row of a table mends: "
            "turn the sheet round, a row a city, with 城市 over the names, and save it anew."
        )
    row, column = _most(grid, lambda text: bool(reader.resolver.english(text)))
    if row >= 0:
        return (
            f"The cities from {address(row, column)} on are named in English alone, which is no "
            "key (Suzhou is two cities): put a column headed 城市 beside it, with Chinese names."
        )
    return (
        "No column names places that the registry knows: check that it is a file of this release."
    )


def _provinces(grid: Grid, column: int, reader: TableReader) -> int:
    """How many provinces a column names, where it names more of them than other places."""
    names = reader.resolver.names
    texts = {as_text(value) for value in grid.cells[:, column]}
    places = {text for text in texts if text.strip() and reader.resolver.is_place(text)}
    provinces = {text for text in places if names.province_code(text)}
    return len(provinces) if len(provinces) * 2 > len(places) else 0


def _figures(grid: Grid, row: int, column: int) -> bool:
    """Whether a row holds numbers beside a cell: a row of data, no head."""
    texts = [grid.text(row, other) for other in range(grid.cells.shape[1]) if other != column]
    return any(is_number(text) and as_year(text) is None for text in texts)


def _indicators(grid: Grid, reader: TableReader) -> int:
    """A column whose rows hold wordings of known headers, again and again; -1 where none does."""
    known = reader.layout.headers
    for column in range(grid.cells.shape[1]):
        texts = [as_text(value) for value in grid.cells[:, column]]
        keys = {text: parse_segment(text, reader.layout).key for text in set(texts) if text.strip()}
        named = [text for text in texts if keys.get(text) in known]
        if len(named) > FEW and len(set(named)) < len(named) and len(named) * 2 > len(texts):
            return column
    return -1


def _across(grid: Grid, names: Callable[[str], bool]) -> int:
    """The row that names the most places; -1 where none names enough."""
    counts = [
        len({text for value in row if (text := as_text(value)).strip() and names(text)})
        for row in grid.cells[:DEEP]
    ]
    best = int(np.argmax(counts)) if counts else 0
    return best if counts and counts[best] >= FEW else -1


def _most(grid: Grid, names: Callable[[str], bool]) -> tuple[int, int]:
    """First row and column of the most cells that name a place; -1 where there are too few."""
    best, place = FEW - 1, (-1, -1)
    for column in range(grid.cells.shape[1]):
        ids, texts = numbered(grid.cells[:, column])
        known = np.array([names(as_text(t)) if t else False for t in texts], dtype=bool)
        rows = np.flatnonzero(known[ids])
        if len(rows) > best:
            best, place = len(rows), (int(rows[0]), column)
    return place


EMPTY = "(empty sheet)"


@dataclass
class FileReading:
    """What one file gave."""

    file: str
    readings: list[Reading] = field(default_factory=list)
    skipped: list[tuple[str, str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def all_problems(self) -> list[Problem]:
        """Problems of the file and of every table in it."""
        return self.problems + [p for reading in self.readings for p in reading.problems]


def read_file(file: str, grids: Iterable[Grid], reader: TableReader) -> FileReading:
    """Every table of a file's sheets.

    A hidden sheet, and one that holds text but no table, is passed over by name. An empty sheet is
    a problem, and so is a sheet with numbers but no city column, and a file without any table.
    """
    result = FileReading(file)
    for grid in grids:
        if not grid.visible:
            result.skipped.append((grid.sheet, "", "a hidden sheet"))
            continue
        blocks = find_blocks(grid, reader.layout, reader.resolver.is_place)
        if not blocks and (named := in_chinese(grid, reader.layout, reader.resolver)):
            blocks = find_blocks(named, reader.layout, reader.resolver.is_place)
        if not blocks:
            _no_table(result, grid, reader)
            continue
        before: Reading | None = None
        own: list[Reading] = []
        for block in blocks:
            before = reader.read(block, before)
            own.append(before)
        result.readings += own
        _check_order(own)
        check_scale(own)
        result.problems += missing_required(own, reader.release.edition)
        for reading in own:
            entry = (grid.sheet, reading.title.printed, reading.title.reason)
            if reading.title.action == "skip" and entry not in result.skipped:
                result.skipped.append(entry)
    release = reader.release
    result.problems += unreadable_values(result.readings, release.series, release.edition)
    if not result.readings and not result.problems:
        result.problems.append(
            Problem(release=reader.release.release, file=file, found="no table in any sheet",
                    expected="a table with a city column",
                    todo="Check the file; head words are in layouts/labels.csv.")
        )  # fmt: skip
    return result


def _no_table(result: FileReading, grid: Grid, reader: TableReader) -> None:
    """A sheet without a city column: nothing, a note to the reader, or a fault."""
    release = reader.release.release
    texts = [
        (row, column, text)
        for row, values in enumerate(grid.cells)
        for column, value in enumerate(values)
        if (text := as_text(value)).strip()
    ]
    if not texts:
        if _empty_allowed(reader.layout, result.file):
            result.skipped.append((grid.sheet, EMPTY, _empty_allowed(reader.layout, result.file)))
            return
        result.problems.append(
            Problem(release=release, file=result.file, sheet=grid.sheet, found="an empty sheet",
                    expected="a table",
                    todo=f"If the publisher left it empty, add {EMPTY!r} for this file to "
                    "layouts/tables.csv, to skip.")
        )  # fmt: skip
        return
    numbers = [(r, c, t) for r, c, t in texts if is_number(t) and as_year(t) is None]
    if not numbers:
        first = " ".join(texts[0][2].split())
        result.skipped.append((grid.sheet, first, "text without a table"))
        return
    row, column, text = numbers[0]
    result.problems.append(
        Problem(release=release, file=result.file, sheet=grid.sheet, cell=address(row, column),
                found=f"{text!r} in a sheet without a city column",
                expected="a column headed by a city word of layouts/labels.csv",
                todo=no_city_head(grid, reader))
    )  # fmt: skip


def _check_order(readings: list[Reading]) -> None:
    """A continuation that has the columns of the block before it has them in the same order."""
    for before, reading in pairwise(readings):
        if before.rule is not reading.rule or not (before.columns and reading.columns):
            continue
        was, now = ([(c.key, c.scope) for c in r.columns if c.key] for r in (before, reading))
        if was != now and sorted(was) == sorted(now):
            odd = next(
                c for c, key in zip(reading.columns, was, strict=False) if (c.key, c.scope) != key
            )
            reading.fault(
                odd.cell,
                f"the header {odd.printed!r}",
                "the columns in the order of the block before",
                "Check the page: headings may be exchanged.",
            )


def _empty_allowed(layout: Layout, file: str) -> str:
    for rule in layout.tables:
        if rule.title == EMPTY.replace(" ", "") and rule.file in {"", file}:
            return rule.reason
    return ""


class FileReader:
    """Reads the files of one release, remembering the names it has resolved."""

    def __init__(self, release: Declared, names: Gazetteer, layouts: Path = FOLDER) -> None:
        self.release = release
        self.layout = load_layout(release.series, layouts).for_release(release.edition)
        self.blocks = TableReader(release, self.layout, CityResolver(self.layout, names))

    def read(self, name: str) -> FileReading:
        """What a file gave; one that cannot be read gives its problem."""
        path = self.release.folder / name
        try:
            if is_companion(path):
                return FileReading(name, skipped=[("", name, "a document, not a workbook")])
            return read_file(name, each_grid(path, self.release.release), self.blocks)
        except SourceError as error:
            return FileReading(name, problems=list(error.problems))
        except Exception as error:
            return reading_stopped(self.release.release, name, f"{type(error).__name__}: {error}")


def reading_stopped(release: str, name: str, how: str) -> FileReading:
    """The reading of a file at which the program itself failed."""
    problem = Problem(
        release=release,
        file=name,
        found=f"a file at which reading broke off ({how})",
        expected="a workbook that can be read to its end",
        todo="Save it anew as a plain workbook; if that does not help, report it: "
        "the program should have said what is wrong.",
    )
    return FileReading(name, problems=[problem])
