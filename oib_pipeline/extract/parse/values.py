"""Printed values to numbers; collect the wanted cells."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from oib_pipeline.extract.layouts.layout import Layout
from oib_pipeline.extract.parse.blocks import Block
from oib_pipeline.extract.parse.header import Column, each_scope
from oib_pipeline.extract.parse.reading import Bad, ColumnValues, Held, Reading
from oib_pipeline.extract.parse.row_labels import CITY, Labels
from oib_pipeline.extract.parse.rows import SHOWN, Years
from oib_pipeline.extract.workbook.grid import (
    address,
    as_text,
    column_letters,
    is_number,
    plain_text,
)

# a column of nothing but such numbers and blanks, a line each, is read at once
_PLAIN = re.compile(r"(?:[+-]?\d+(?:\.\d*)?)?(?:\n(?:[+-]?\d+(?:\.\d*)?)?)*+", re.ASCII)

_SPACED = re.compile(r"\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?:\.\d+)?", re.ASCII)
MANY = 5  # numbers with spaces from which a column is taken to part its thousands so

# only signs that differ in width: a raised or circled figure (12①) is a note, not a digit
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_WIDE |= dict.fromkeys([*range(0x200B, 0x2010), 0x2060, 0xFEFF], 0x20)  # of no width at all


@dataclass(frozen=True)
class Values:
    """Values of one column, each array (rows,).

    ``present`` marks the numbers, ``bad`` what is neither a number nor missing; ``text`` is what
    the cell holds as printed.
    """

    number: np.ndarray
    text: np.ndarray
    present: np.ndarray
    bad: np.ndarray


def parse_values(cells: np.ndarray, missing: frozenset[str]) -> Values:
    """Numbers of a column of cells; ``missing`` are the marks that mean there is no value.

    Thousands commas are read where they part groups of three, full-width digits as digits; spaces
    as commas, where every number of the column that is long enough has them.
    Anything else that is no number (OCR damage, a date, a note) is bad, never guessed at.
    """
    missing |= {plain_text(mark) for mark in missing}  # a cell is compared printed and made plain
    values = cells.tolist()
    kinds = set(map(type, values))
    if kinds <= {float}:
        number = np.array(values, dtype=np.float64)
        text, bad = _printed(number), ~np.isfinite(number)
    elif kinds == {str} and _all_plain(values):
        number = np.array([float(value) if value else np.nan for value in values])
        text, bad = cells.copy(), np.isinf(number)
    else:
        number, text, bad = _one_by_one(cells, values, missing)
    if missing:
        gone = np.array([printed in missing for printed in text.tolist()], dtype=bool)
        number[gone] = np.nan
    return Values(number, text, np.isfinite(number), bad)


def _one_by_one(
    cells: np.ndarray, values: list[object], missing: frozenset[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Number, text and badness of cells that are not all alike."""
    size = len(values)
    apart = _spaces_apart(values)
    number = np.full(size, np.nan)
    bad = np.zeros(size, dtype=bool)
    text = np.empty(size, dtype=object)
    floats = np.array([value.__class__ is float for value in values], dtype=bool)
    number[floats] = cells[floats].astype(np.float64)
    text[floats] = _printed(number[floats])
    for index in np.flatnonzero(~floats).tolist():
        value = values[index]
        printed = value if isinstance(value, str) else as_text(value)
        printed = text[index] = printed.strip()
        if index in apart:
            number[index] = float(apart[index])
            continue
        if not printed:
            continue
        sound = is_number(printed)
        if not sound and isinstance(value, str):
            if plain_text(printed) in missing:
                continue
            printed = printed.translate(_WIDE).strip()
            sound = is_number(printed)
        if printed in missing:
            continue
        if sound and value.__class__ is not bool:
            number[index] = float(printed.replace(",", ""))
        else:
            bad[index] = True
    bad |= np.isinf(number) | (floats & np.isnan(number))
    return number, text, bad


def _spaces_apart(values: list[object]) -> dict[int, str]:
    """Cells whose spaces part thousands, without them, where a column uses them throughout."""
    texts = [value.translate(_WIDE).strip() if isinstance(value, str) else "" for value in values]
    spaced = [_SPACED.fullmatch(text) is not None for text in texts]
    if sum(spaced) < MANY:
        return {}
    for value, text in zip(values, texts, strict=True):
        long = is_number(text) and abs(float(text.replace(",", ""))) >= 1000
        if long or (value.__class__ is float and abs(value) >= 1000):
            return {}
    return {i: re.sub(r"\s", "", text) for i, text in enumerate(texts) if spaced[i]}


def _all_plain(values: list[str]) -> bool:
    """Whether each text is blank or a number in figures and a point alone."""
    lines = "\n".join(values)
    return lines.count("\n") == len(values) - 1 and _PLAIN.fullmatch(lines) is not None


def _printed(numbers: np.ndarray) -> np.ndarray:
    """Shortest text of each number, a whole one without a point; as ``as_text``, all at once."""
    if not len(numbers):
        return np.empty(0, dtype=object)
    text = np.array(repr(numbers.tolist())[1:-1].split(", "), dtype=object)
    for index in np.flatnonzero(numbers == np.floor(numbers)).tolist():
        text[index] = text[index].removesuffix(".0")
    return text


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
