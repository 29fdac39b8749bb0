"""The cells of a block's cities and wanted columns -> observations."""

from __future__ import annotations

import numpy as np

from oib_pipeline.extract.blocks import Block
from oib_pipeline.extract.grid import address, as_text, column_letters
from oib_pipeline.extract.header import Column, each_scope
from oib_pipeline.extract.labels import Labels
from oib_pipeline.extract.layout import Layout
from oib_pipeline.extract.place import CITY
from oib_pipeline.extract.reading import Bad, ColumnValues, Held, Reading
from oib_pipeline.extract.rows import SHOWN, Years
from oib_pipeline.extract.values import parse_values


class Collector:
    """Collects the observations of one block, with the cells of its city rows at hand."""

    def __init__(self, reading: Reading, block: Block, labels: Labels, years: Years) -> None:
        self.reading = reading
        self.block = block
        dated = years > 0 if isinstance(years, np.ndarray) else True
        self.rows = np.flatnonzero((labels.kind == CITY) & dated)
        self.cells = block.grid.cells[slice(*block.data)]
        self.codes = labels.code[self.rows]
        self.years = years[self.rows] if isinstance(years, np.ndarray) else None
        self.numbers = np.array(
            [str(row) for row in (self.rows + block.data[0] + 1).tolist()], dtype=object
        )
        self.scopes = None if labels.scope is None else labels.scope[self.rows]
        printed = self.cells[self.rows, block.labels["city"]]
        if labels.scope is not None:
            printed = labels.printed[self.rows]  # with the city's name, where the row prints none
        self.printed = np.array([as_text(value).strip() for value in printed], dtype=object)

    def collect(self, layout: Layout, edition: int | str) -> None:
        """Put the observations into the reading; what is no number becomes a fault."""
        parts = []
        for column in self.reading.columns:
            held = self.cells[self.rows, column.index]
            if not column.printed:
                self._unheaded(column, held, layout)
            elif column.variable and (column.scope or self.scopes is not None):
                self._merged(column)
                held = self._corrected(column, held, layout)
                self._formulas(column)
                values = self._column(column, held, layout.marks(column.variable, edition))
                parts += self._by_scope(values)
        self.reading.held = Held(self.numbers, self.printed, self.codes, parts)

    def _column(self, column: Column, held: np.ndarray, missing: frozenset[str]) -> ColumnValues:
        letters = column_letters(column.index)
        values = parse_values(held, missing)
        self.reading.bad += [
            Bad(letters + self.numbers[index], column.index, str(values.text[index]))
            for index in np.flatnonzero(values.bad).tolist()
        ]
        kept = np.flatnonzero(values.present)
        own = column.year or self.reading.year or 0
        year = np.full(len(kept), own) if self.years is None else self.years[kept]
        return ColumnValues(column, kept, year, values.text[kept], values.number[kept])

    def _by_scope(self, values: ColumnValues) -> list[ColumnValues]:
        """Values of a column, those of each scope apart where rows print it."""
        if self.scopes is None:
            return [values]
        scope, column = self.scopes[values.row], values.column
        return [
            ColumnValues(
                one, values.row[mine], values.year[mine], values.text[mine], values.number[mine]
            )
            for one in each_scope(column, self.reading.row_scopes)
            for mine in [scope == one.scope]
        ]

    def _unheaded(self, column: Column, held: np.ndarray, layout: Layout) -> None:
        for index, value in enumerate(held):
            if value != "" and (text := as_text(value).strip()) and not layout.ignores(text):
                self.reading.fault(
                    column_letters(column.index) + self.numbers[index],
                    f"{text!r} in a column without a header",
                    "a header over it",
                    "Check the header rows.",
                )
                return

    def _merged(self, column: Column) -> None:
        """Merged cells over values: only the first holds one, the others would be lost."""
        if not self.block.grid.merges:
            return
        place = {row + self.block.data[0] for row in self.rows.tolist()}
        roles = self.block.labels
        over = {column.index} | ({roles["city"]} if "scope" not in roles else set())
        for top, left, bottom, right in self.block.grid.merges:
            inside = [row for row in range(top, min(bottom, top + 1000) + 1) if row in place]
            if inside and over & set(range(left, right + 1)):
                self.reading.fault(
                    address(top, left),
                    f"cells merged with {address(bottom, right)}, among the values",
                    "one cell a value",
                    "Check the page: a merge leaves all but its first value out.",
                )

    def _formulas(self, column: Column) -> None:
        """Formulas: those without a stored value are faults, the rest are told of."""
        kept = self.block.grid.formulas
        if not kept:
            return
        start, index = self.block.data[0], column.index
        used = [(start + r, index) for r in self.rows.tolist() if (start + r, index) in kept]
        for place in [place for place in used if not kept[place]][:SHOWN]:
            self.reading.fault(
                address(*place),
                "a formula without a computed value",
                "a value",
                "Open the file in a spreadsheet program, calculate it and save it.",
            )
        if used:
            self.reading.note(
                address(*used[0]),
                f"{len(used)} formulas under {column.key!r}",
                "printed values",
                "The values that the file keeps for them were taken; none was evaluated.",
            )

    def _corrected(self, column: Column, held: np.ndarray, layout: Layout) -> np.ndarray:
        """The column with those cells that layouts/cells.csv corrects replaced."""
        reading = self.reading
        rules = layout.cells_of(reading.release, reading.file, reading.sheet)
        if not rules:
            return held
        letters = column_letters(column.index)
        here = [i for i, number in enumerate(self.numbers) if letters + number in rules]
        held = held.copy()
        for index in here:
            rule = rules[letters + self.numbers[index]]
            if as_text(held[index]).strip() != rule["text"]:
                reading.fault(
                    rule["cell"],
                    repr(as_text(held[index])),
                    f"{rule['text']!r}, as layouts/cells.csv says",
                    "The source changed: remove that row of cells.csv, or mend it.",
                )
            held[index] = rule["use"]
        return held
