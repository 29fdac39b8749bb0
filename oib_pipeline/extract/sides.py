"""Blocks side by side: the columns of each, and whether each has a title of its own."""

from __future__ import annotations

from oib_pipeline.extract.grid import Grid
from oib_pipeline.extract.layout import Layout
from oib_pipeline.extract.title import Line, read_title


def titled(grid: Grid, layout: Layout, above: tuple[int, int], columns: tuple[int, int]) -> bool:
    """Whether the lines above some columns alone name a table."""
    lines = [
        Line(row, column, grid.text(row, column))
        for row in range(*above)
        for column in range(*columns)
        if grid.text(row, column).strip()
    ]
    return read_title(lines, layout, grid.file).action in {"read", "skip"}


def side_by_side(
    grid: Grid, cities: list[int], labels: dict[int, str]
) -> list[tuple[tuple[int, int], dict[int, str]]]:
    """Column range and labels of each block that one head row opens."""
    starts = []
    for city in cities:
        start = city
        while start - 1 in labels and labels[start - 1] not in {"city", "english"}:
            start -= 1
        starts.append(start)
    starts[0] = 0
    ends = [*starts[1:], grid.cells.shape[1]]
    return [
        ((start, end), {c: role for c, role in labels.items() if start <= c < end})
        for start, end in zip(starts, ends, strict=True)
    ]
