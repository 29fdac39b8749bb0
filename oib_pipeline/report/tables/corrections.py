"""Errors of the sources that the corrections file replaces, those of one reason together."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.labels import in_words
from oib_pipeline.report.numbers import whole

SHOWN = 60


def corrections_table(frame: pd.DataFrame) -> Table:
    """One row for each file, sheet and reason with its cells; the csv has what was and is now.

    ``frame``: release, file, sheet, cell, was, now, reason; of columns of one name the first
    counts.
    """
    frame = frame.loc[:, ~frame.columns.duplicated(keep="first")]
    grouped = frame.groupby(["release", "file", "sheet", "reason"], sort=True, dropna=False)
    rows = [
        Row(
            (
                Cell(str(release)),
                Cell(_place(file, sheet)),
                Cell(whole(len(part)), value=len(part)),
                Cell(", ".join(str(cell) for cell in part["cell"])),
                Cell(in_words(str(reason))),
            )
        )
        for (release, file, sheet, reason), part in list(grouped)[:SHOWN]
    ]
    names = ("Release", "File and sheet", "Values", "Cells", "Reason")
    return Table(
        name="corrections",
        title="Corrections of the sources",
        align="lprpp",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=(
            *_more(len(grouped) - SHOWN),
            "The csv lists every cell, what it said and what is used.",
        ),
        data=frame,
    )


def _more(number: int) -> tuple[str, ...]:
    return (f"{whole(number)} more groups of cells are in the csv.",) if number > 0 else ()


def _place(file: object, sheet: object) -> str:
    return str(file) if pd.isna(sheet) or sheet == "" else f"{file}, {sheet}"
