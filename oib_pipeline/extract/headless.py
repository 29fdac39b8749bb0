"""What to do about a sheet in which no column is headed as that of the cities."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from oib_pipeline.extract.advice import line
from oib_pipeline.extract.grid import Grid, address, as_text, numbered
from oib_pipeline.extract.table import BlockReader
from oib_pipeline.extract.text import squash

FEW = 3  # places in a column from which it is taken for the one that names cities


def no_city_head(grid: Grid, reader: BlockReader) -> str:
    """The row of labels.csv that the head over the most names of cities asks for."""
    row, column = _most(grid, reader.resolver.is_place)
    if row >= 0:
        over = [r for r in range(row - 1, -1, -1) if grid.text(r, column).strip()]
        if not over:
            return f"Write 城市 over the column of cities, which begins in {address(row, column)}."
        head = squash(grid.text(over[0], column))
        added = line("labels", series=reader.layout.series, header=head, role="city")
        where = address(over[0], column)
        return f"If {where} heads the column of cities, add {added} to layouts/labels.csv."
    row, column = _most(grid, lambda text: bool(reader.resolver.english(text)))
    if row >= 0:
        return (
            f"The cities from {address(row, column)} on are named in English alone, which is no "
            "key (Suzhou is two cities): put a column headed 城市 beside it, with Chinese names."
        )
    return "Check the header, or add its word to layouts/labels.csv."


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
