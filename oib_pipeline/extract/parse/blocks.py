"""Find the tables of a grid, also side by side."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from oib_pipeline.extract.layouts.layout import Layout
from oib_pipeline.extract.parse.title import Line, read_title
from oib_pipeline.extract.workbook.grid import Grid, as_year, has_cjk, is_number, squash


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


MAX_DEPTH = 9
PAGE = 5000
SHORT = 20  # more texts than that are looked at together first
_WORDY = re.compile(r"[^\d.,\n\r +-]", re.ASCII)


@dataclass(frozen=True)
class Block:
    """One block of a table; row and column ranges are half open, counted from 0.

    ``labels`` are the columns that name a row, by role; a block beside another shares its header
    rows and the lines above, unless they are tables ``apart``, each under a title of its own.
    """

    grid: Grid
    above: tuple[int, int]
    header: tuple[int, int]
    data: tuple[int, int]
    columns: tuple[int, int]
    labels: dict[str, int]
    ignored: frozenset[int]
    apart: bool = False

    @property
    def values(self) -> list[int]:
        """Columns that are no label."""
        taken = {*self.labels.values(), *self.ignored}
        return [column for column in range(*self.columns) if column not in taken]

    @property
    def lines(self) -> list[Line]:
        """Cells above the header that hold text."""
        return [
            Line(row, column, text)
            for row in range(*self.above)
            for column in (range(*self.columns) if self.apart else range(self.grid.cells.shape[1]))
            if (text := self.grid.text(row, column)).strip()
        ]


def find_blocks(grid: Grid, layout: Layout, is_place: Callable[[str], bool]) -> list[Block]:
    """Blocks of a grid, top to bottom, those side by side left to right; empty where none is."""
    groups = _head_groups(grid, layout)
    blocks: list[Block] = []
    above = 0
    for index, (row, cities) in enumerate(groups):
        labels = _labels(grid, layout, row)
        floor = blocks[-1].header[1] if blocks else 0
        top = _top(grid, layout, row, labels, floor)
        following = groups[index + 1][0] if index + 1 < len(groups) else grid.cells.shape[0]
        bottom = _bottom(grid, layout, row, cities[0], labels, following)
        if blocks:
            above = _end_of_data(grid, blocks[-1].header[1], top, set(labels), is_place)
            blocks = [
                replace(block, data=(block.data[0], above)) if block.data[1] > above else block
                for block in blocks
            ]
        sides = side_by_side(grid, cities, labels)
        apart = len(sides) > 1 and all(
            titled(grid, layout, (above, top), columns) for columns, _ in sides
        )
        for columns, own in sides:
            roles = {role: column for column, role in own.items() if role != "ignore"}
            ignored = frozenset(c for c, role in own.items() if role in {"ignore", "english"})
            blocks.append(
                Block(grid, (above, top), (top, bottom), (bottom, grid.cells.shape[0]), columns,
                      roles, ignored, apart)
            )  # fmt: skip
    return blocks


def _head_groups(grid: Grid, layout: Layout) -> list[tuple[int, list[int]]]:
    """Rows in which city columns are headed, with those columns; a head two rows deep is one."""
    places: dict[int, list[int]] = {}
    memo: dict[str, bool] = {}

    def heads(value: str) -> bool:
        if value not in memo:
            memo[value] = layout.role(value) == "city"
        return memo[value]

    for column in range(grid.cells.shape[1]):
        values = grid.cells[:, column]
        # a long panel has its heads at the top; a page may have one in any row
        if len(values) > PAGE and not any(heads(value) for value in _words(values[:PAGE])):
            continue
        for value in _words(values):
            if heads(value):
                for row in np.flatnonzero(values == value).tolist():
                    places.setdefault(row, []).append(column)
    groups: list[tuple[int, list[int]]] = []
    last = -2
    for row in sorted(places):
        if row == last + 1 and set(places[row]) <= set(groups[-1][1]):
            last = row
            continue
        groups.append((row, sorted(places[row])))
        last = row
    return groups


def _words(values: np.ndarray) -> set[str]:
    """Texts among cells that do not begin as a number does, each once."""
    texts = values.tolist()
    kinds = set(map(type, texts))
    if str not in kinds:
        return set()
    if len(kinds) > 1:
        texts = [value for value in texts if value.__class__ is str]
    texts, rest = texts[:SHORT], texts[SHORT:]
    if _WORDY.search("\n".join(rest)):
        texts += set(rest)
    return {text for text in texts if text and text[0] not in "0123456789.-"}


def _labels(grid: Grid, layout: Layout, row: int) -> dict[int, str]:
    """Role of each column that names rows, from the head row and the row below it."""
    found: dict[int, str] = {}
    for column in range(grid.cells.shape[1]):
        for line in range(row, min(row + 2, grid.cells.shape[0])):
            role = layout.role(grid.text(line, column))
            if role and column not in found:
                found[column] = role
    return found


def _top(grid: Grid, layout: Layout, row: int, labels: dict[int, str], floor: int) -> int:
    """First header row: rows above the head belong to it where they only stand over values."""
    top = row
    while top > floor and row - top < MAX_DEPTH:
        texts = {c: grid.text(top - 1, c).strip() for c in range(grid.cells.shape[1])}
        filled = {column: text for column, text in texts.items() if text}
        if not filled or any(column in labels for column in filled):
            break
        lines = [Line(top - 1, column, text) for column, text in filled.items()]
        title = read_title(lines, layout, grid.file)
        if title.numbers or title.continued or title.action in {"read", "skip"}:
            break
        if not any(has_cjk(line.text) for line in title.lines):
            break
        top -= 1
    return top


def _bottom(
    grid: Grid, layout: Layout, row: int, city: int, labels: dict[int, str], following: int
) -> int:
    """First row below the header: the first that is named in the city column, or holds numbers."""
    bottom = blank = row + 1
    while bottom < min(following, row + 1 + MAX_DEPTH):
        label = squash(grid.text(bottom, city))
        if label and not layout.role(label) and label not in layout.units:
            break
        texts = [grid.text(bottom, c) for c in range(grid.cells.shape[1]) if c not in labels]
        if any(is_number(text) and as_year(text) is None for text in texts):
            break
        bottom += 1
        if label or any(text.strip() for text in texts):
            blank = bottom
    return blank


def _end_of_data(
    grid: Grid, start: int, top: int, labels: set[int], is_place: Callable[[str], bool]
) -> int:
    """First row after the last data row above ``top``: the next block's title begins there."""
    row = top
    while row > start:
        texts = [grid.text(row - 1, column) for column in range(grid.cells.shape[1])]
        named = any(is_place(texts[column]) for column in labels if texts[column].strip())
        if named or any(is_number(t) for c, t in enumerate(texts) if c not in labels):
            break
        row -= 1
    return row
