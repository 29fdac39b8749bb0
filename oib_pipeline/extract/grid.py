"""A grid of cells: what one sheet, or one csv file, holds as printed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

Merge = tuple[int, int, int, int]


@dataclass(frozen=True)
class Grid:
    """Cells of one sheet.

    ``cells`` is (rows, columns) of objects: text and numbers as the file holds them, ``""`` where
    empty. ``merges`` are (top, left, bottom, right), both ends included. ``formulas`` maps
    (row, column) to whether the file keeps a computed value for that formula; formulas are never
    evaluated here. ``lengths`` are the fields of each row of a csv file.
    """

    file: str
    sheet: str
    cells: np.ndarray
    visible: bool = True
    merges: tuple[Merge, ...] = ()
    formulas: dict[tuple[int, int], bool] = field(default_factory=dict)
    lengths: tuple[int, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether no cell holds anything but spaces."""
        return not any(as_text(value).strip() for row in self.cells for value in row)

    def text(self, row: int, column: int) -> str:
        """One cell as printed."""
        return as_text(self.cells[row, column])


def as_text(value: object) -> str:
    """A cell's value as printed; a whole number without the point the file format adds."""
    if value.__class__ is str:
        return value
    if value.__class__ is float:
        return repr(value).removesuffix(".0")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return "" if value is None else str(value)


def numbered(values: np.ndarray) -> tuple[np.ndarray, list]:
    """Each value's number, and the values that differ in the order they come (values,)."""
    every = values.tolist()
    places = {value: place for place, value in enumerate(dict.fromkeys(every))}
    ids = np.fromiter(map(places.__getitem__, every), dtype=np.int64, count=len(every))
    return ids, list(places)


def column_letters(column: int) -> str:
    """Letters of a column counted from 0: 0 -> A, 26 -> AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """A1 address of a cell, row and column counted from 0."""
    return f"{column_letters(column)}{row + 1}"
