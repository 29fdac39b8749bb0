"""Missing marks, zeros and values printed twice."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from oib_pipeline.contract.errors import Problem
from oib_pipeline.extract.layouts.layout import csv_row
from oib_pipeline.extract.parse.blocks import Block
from oib_pipeline.extract.parse.header import Column
from oib_pipeline.extract.parse.reading import Bad, ColumnValues, Held, Reading
from oib_pipeline.extract.parse.values import parse_values
from oib_pipeline.extract.workbook.grid import address, column_letters
from oib_pipeline.extract.workbook.reader import DECIMAL_COMMA

OFTEN = 3  # a text without figures that stands this often is a mark, not damage
MARKS_SHOWN = 12


def unreadable_values(
    readings: Iterable[Reading], series: str, edition: int | str
) -> list[Problem]:
    """Faults of all the values of a file that are no numbers, in the order they are met."""
    bad = [(reading, one) for reading in readings for one in reading.bad]
    count: dict[str, int] = {}
    for _, one in bad:
        count[one.text] = count.get(one.text, 0) + 1
    problems: list[Problem] = []
    commas = [(r, one) for r, one in bad if DECIMAL_COMMA.fullmatch(one.text)]
    if len(commas) >= OFTEN:
        problems.append(_commas(*commas[0], len(commas)))
        bad = [(r, one) for r, one in bad if not DECIMAL_COMMA.fullmatch(one.text)]
    told: set[str] = set()
    shown: dict[tuple[str, int], int] = {}
    for reading, one in bad:
        place = (reading.sheet, one.column)
        if _is_mark(one.text, count[one.text]):
            if one.text not in told:
                told.add(one.text)
                cells = [b.cell for r, b in bad if b.text == one.text and r.sheet == reading.sheet]
                problems.append(_mark(reading, one, cells, count[one.text], series, edition))
            continue
        shown[place] = shown.get(place, 0) + 1
        if shown[place] <= MARKS_SHOWN:
            problems.append(_damage(reading, one))
        elif shown[place] == MARKS_SHOWN + 1:
            rest = sum(
                (r.sheet, b.column) == place and not _is_mark(b.text, count[b.text]) for r, b in bad
            )
            problems.append(
                reading.problem(
                    column_letters(one.column),
                    f"{rest - MARKS_SHOWN:,} more values in this column that are no number",
                    "numbers",
                    "Mend those above first.",
                )
            )
    return problems


def _commas(reading: Reading, one: Bad, count: int) -> Problem:
    return reading.problem(
        one.cell,
        f"{count:,} numbers with a comma, {one.text!r} the first: a decimal comma",
        "numbers with a decimal point",
        "Save the file with decimal points; a comma that parts thousands has to be taken out.",
    )


def _is_mark(text: str, count: int) -> bool:
    return count >= OFTEN and not any(sign.isdigit() for sign in text)


def _mark(
    reading: Reading, one: Bad, cells: list[str], count: int, series: str, edition: int | str
) -> Problem:
    years = {"first_edition": str(edition), "last_edition": str(edition)}
    row = csv_row("missing", series=series, mark=one.text,
               **(years if isinstance(edition, int) else {}))  # fmt: skip
    where = ", ".join(cells[:3]) + (" ..." if len(cells) > 3 else "")
    return reading.problem(
        one.cell,
        f"{one.text!r} in {count:,} cells ({where})",
        "numbers, or a mark of layouts/missing.csv",
        f"If it means that there is no value, add {row} to layouts/missing.csv, with what the "
        "edition says of it.",
    )


def _damage(reading: Reading, one: Bad) -> Problem:
    row = csv_row("cells", release=reading.release, file=reading.file, sheet=reading.sheet,
               cell=one.cell, text=one.text, use="")  # fmt: skip
    return reading.problem(
        one.cell,
        f"{one.text!r}",
        "a number",
        f"Read the page; then add {row} to layouts/cells.csv, with the number under `use` "
        "(blank where it cannot be read) and what the page shows under `reason`.",
    )


ZEROS_COLUMN = ["file", "sheet", "variable", "scope"]
ZEROS_SHOWN = 5


def check_zeros(table: pd.DataFrame, series: str, edition: int | str) -> list[Problem]:
    """One problem for each column that prints zeros: how many, where, and the row that voids them.

    ``table`` has the columns of raw_observations.
    """
    printed = table[table["value"] == 0]
    if printed.empty:
        return []
    of = table.groupby(ZEROS_COLUMN, observed=True).size()
    problems = []
    for key, rows in printed.groupby(ZEROS_COLUMN, observed=True, sort=True):
        file, sheet, variable, scope = map(str, key)
        cells = ", ".join(rows["cell"].head(ZEROS_SHOWN)) + (
            " ..." if len(rows) > ZEROS_SHOWN else ""
        )
        problems.append(
            Problem(
                release=str(rows["release"].iloc[0]),
                file=file,
                sheet=sheet,
                cell=str(rows["cell"].iloc[0]),
                found=f"a zero in {len(rows):,} of {of[key]:,} cells of {variable}, {scope} "
                f"({cells})",
                expected="a figure above zero, or a mark of layouts/missing.csv",
                todo=zeros_advice(variable, str(rows["text"].iloc[0]), series, edition),
            )
        )
    return problems


def zeros_advice(variable: str, mark: str, series: str, edition: int | str) -> str:
    """What to do about zeros: read the page, and say what they mean."""
    years = {"first_edition": str(edition), "last_edition": str(edition)}
    row = csv_row("missing", series=series, variable=variable, mark=mark,
               **(years if isinstance(edition, int) else {}))  # fmt: skip
    return (
        f"Read the page: if it means that there is no value, add {row} to layouts/missing.csv, "
        "with where the edition says so."
    )


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
