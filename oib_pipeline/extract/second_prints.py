"""Columns that print once more what others of the same rows hold: each value held against its twin.

A panel that carries an interpolated column beside the raw one, or a density beside people and land,
prints every figure twice. Which columns do, `repeats` of headers.csv says: a variable, or one
over another. Units do not matter: the usual ratio of both prints is taken from the rows.
"""

from __future__ import annotations

import numpy as np

from oib_pipeline.extract.blocks import Block
from oib_pipeline.extract.grid import address
from oib_pipeline.extract.header import Column
from oib_pipeline.extract.reading import ColumnValues, Held, Reading
from oib_pipeline.extract.values import parse_values

SAME = 1e-5  # relative: publishers round the two apart by as much
FEW = 15  # rows from which the usual ratio is trusted
MOSTLY = 0.9  # share of rows that must agree before the others are told to be odd


def check_second_prints(reading: Reading, block: Block) -> None:
    """Note each value of a block whose second print in the same row is another."""
    if reading.held is None:
        return
    by_name = {(one.column.variable, one.column.scope): one for one in reading.held.columns}
    for column in reading.columns:
        if column.rule is None or not column.rule.repeats:
            continue
        names = column.rule.repeats.split("/")
        for scope in sorted({scope for _, scope in by_name}):
            parts = [by_name.get((name, scope)) for name in names]
            if all(part is not None for part in parts):
                _compare(reading, block, column, [part for part in parts if part], reading.held)


def _compare(
    reading: Reading, block: Block, column: Column, parts: list[ColumnValues], held: Held
) -> None:
    cells = block.grid.cells[slice(*block.data), column.index]
    second = parse_values(cells, frozenset())
    rows = held.sheet_row.astype(np.int64) - 1
    here = rows - block.data[0]
    value = np.ones(len(here))
    for power, part in zip((1, -1), parts, strict=False):
        one = np.full(len(here), np.nan)
        one[part.row] = part.number
        value *= np.where(one > 0, one, np.nan) ** power
    ratio = second.number[here] / value
    known = np.isfinite(ratio) & (ratio > 0)
    if known.sum() < FEW:
        return
    usual = float(np.median(ratio[known]))
    half = np.array([_half(text) for text in second.text[here[known]]])
    allowed = SAME + half / second.number[here[known]]
    odd = np.flatnonzero(known)[np.abs(ratio[known] / usual - 1) > allowed]
    if len(odd) > (1 - MOSTLY) * known.sum():
        return
    for index in odd.tolist():
        row = int(rows[index])
        printed = str(second.text[here[index]])
        for part in parts:
            own = str(part.text[np.flatnonzero(part.row == index)[0]])
            reading.note(
                address(row, part.column.index),
                f"{own} for {part.column.variable} of {held.label[index]}, beside {printed} under "
                f"{column.key!r} in {address(row, column.index)}",
                f"{usual * value[index]:.9g} there, as the other rows have it",
                "Look at the source which of them is wrong; an error of the publisher goes into "
                "data/corrections.yml.",
                severity="warning",
            )


def _half(text: str) -> float:
    """Half a unit of the last digit printed."""
    return 0.5 / 10.0 ** len(str(text).partition(".")[2])
