"""One file -> the readings of all its tables, the sheets passed over, and its problems."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from oib_pipeline.contract.errors import Problem
from oib_pipeline.extract.blocks import find_blocks
from oib_pipeline.extract.english_pages import in_chinese
from oib_pipeline.extract.grid import Grid, address, as_text
from oib_pipeline.extract.headless import no_city_head
from oib_pipeline.extract.layout import Layout
from oib_pipeline.extract.marks import bad_values
from oib_pipeline.extract.reading import Reading
from oib_pipeline.extract.required import lacking
from oib_pipeline.extract.scale import check_scale
from oib_pipeline.extract.table import BlockReader
from oib_pipeline.extract.text import as_year, is_number

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


def read_file(file: str, grids: Iterable[Grid], reader: BlockReader) -> FileReading:
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
        result.problems += lacking(own, reader.release.edition)
        for reading in own:
            entry = (grid.sheet, reading.title.printed, reading.title.reason)
            if reading.title.action == "skip" and entry not in result.skipped:
                result.skipped.append(entry)
    release = reader.release
    result.problems += bad_values(result.readings, release.series, release.edition)
    if not result.readings and not result.problems:
        result.problems.append(
            Problem(release=reader.release.release, file=file, found="no table in any sheet",
                    expected="a table with a city column",
                    todo="Check the file; head words are in layouts/labels.csv.")
        )  # fmt: skip
    return result


def _no_table(result: FileReading, grid: Grid, reader: BlockReader) -> None:
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
