"""What to do about a sheet in which no column is headed as that of the cities."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from oib_pipeline.extract.advice import line
from oib_pipeline.extract.grid import Grid, address, as_text, column_letters, numbered
from oib_pipeline.extract.segment import parse_segment
from oib_pipeline.extract.table import BlockReader
from oib_pipeline.extract.text import as_year, is_number, squash

DEEP = 40  # rows in which names of cities side by side are looked for
FEW = 3  # places in a column from which it is taken for the one that names cities


def no_city_head(grid: Grid, reader: BlockReader) -> str:
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
        added = line("labels", series=reader.layout.series, header=head)
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


def _provinces(grid: Grid, column: int, reader: BlockReader) -> int:
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


def _indicators(grid: Grid, reader: BlockReader) -> int:
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
