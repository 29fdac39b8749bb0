"""A frame as a table column by column, for lists that need no form of their own."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.report.document import Cell, Head, Row, Table
from oib_pipeline.report.numbers import number
from oib_pipeline.report.text import capital

SHOWN = 60


def plain_table(
    frame: pd.DataFrame, *, name: str, title: str, notes: tuple[str, ...] = ()
) -> Table:
    """Columns as they stand, headed by their names in words; long lists go on in the csv."""
    numeric = [pd.api.types.is_float_dtype(frame[column]) for column in frame]
    rows = [
        Row(tuple(_cell(value) for value in record))
        for record in frame.head(SHOWN).itertuples(index=False)
    ]
    rest = len(frame) - SHOWN
    further = (f"{rest:,} further rows are in the csv.",) if rest > 0 else ()
    return Table(
        name=name,
        title=title,
        align="".join("r" if is_number else "p" for is_number in numeric),
        head=(tuple(Head(capital(str(column).replace("_", " "))) for column in frame),),
        rows=tuple(rows),
        notes=(*notes, *further),
        data=frame,
    )


def _cell(value: object) -> Cell:
    if isinstance(value, (float, np.floating)):
        return Cell(number(float(value)), value=None if np.isnan(value) else float(value))
    return Cell("" if value is None or value is pd.NA else str(value))
