"""What one block of a table gave, and how its problems are noted down."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from oib_pipeline.contract.errors import Problem
from oib_pipeline.extract.layouts.layout import TableRule
from oib_pipeline.extract.parse.header import Column
from oib_pipeline.extract.parse.title import Title


@dataclass(frozen=True)
class ColumnValues:
    """Values of one column, each array (values,): city row, data year, text and number."""

    column: Column
    row: np.ndarray
    year: np.ndarray
    text: np.ndarray
    number: np.ndarray


@dataclass(frozen=True)
class Held:
    """What a block holds: its city rows (rows,), and the values of each wanted column."""

    sheet_row: np.ndarray
    label: np.ndarray
    code: np.ndarray
    columns: list[ColumnValues]


@dataclass(frozen=True)
class Bad:
    """A value that is no number: its address, its column from 0, and its text."""

    cell: str
    column: int
    text: str


@dataclass(eq=False)
class Reading:
    """One block: how it was understood, its observations, and its problems.

    ``row_scopes`` are those of its rows, where they print them rather than title and header;
    ``province`` and ``under`` are what a block that continues this one has to know of the
    province rows above it.
    """

    release: str
    file: str
    sheet: str
    title: Title
    series: str = ""
    rule: TableRule | None = None
    year: int | None = None
    columns: list[Column] = field(default_factory=list)
    cities: frozenset[str] = frozenset()
    ignored: dict[str, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    held: Held | None = None
    bad: list[Bad] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[tuple[str, Problem]] = field(default_factory=list)
    province: str | None = None
    under: bool = False
    row_scopes: tuple[str, ...] = ()

    @property
    def wanted(self) -> list[Column]:
        """Columns that hold a variable of the contract."""
        return [column for column in self.columns if column.variable]

    @property
    def variables(self) -> set[tuple[str, str]]:
        """(variable, scope) pairs it holds."""
        return {(column.variable, column.scope) for column in self.wanted}

    def fault(self, cell: str, found: str, expected: str, todo: str) -> None:
        """Note a problem that refuses the release."""
        self.problems.append(self.problem(cell, found, expected, todo))

    def note(self, cell: str, found: str, expected: str, todo: str, severity: str = "info") -> None:
        """Note something a person should know although the release loads."""
        self.notes.append((severity, self.problem(cell, found, expected, todo)))

    def problem(self, cell: str, found: str, expected: str, todo: str) -> Problem:
        """A problem in a cell of this block."""
        return Problem(
            release=self.release,
            file=self.file,
            sheet=self.sheet,
            cell=cell,
            found=found,
            expected=expected,
            todo=todo,
        )


def span(years: tuple[int, int]) -> str:
    """Declared data years in words."""
    first, last = years
    return f"{first}" if first == last else f"a year from {first} to {last}"
