"""Controls of the study that could not be used, with the reason."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.document import Cell, Head, Row, Table
from oib_pipeline.report.labels import in_words, short
from oib_pipeline.report.numbers import percent


def left_out_table(frame: pd.DataFrame) -> Table:
    """Control, share of city-years that have it, and why it was left out."""
    rows = [
        Row(
            (
                Cell(short(str(record["control"]))),
                Cell(percent(record["coverage"]), value=record["coverage"]),
                Cell(in_words(str(record["reason"]))),
            )
        )
        for record in frame.to_dict("records")
    ]
    return Table(
        name="left-out",
        title="Controls left out",
        align="lrp",
        head=(tuple(Head(text) for text in ("Control", "City-years that have it", "Reason")),),
        rows=tuple(rows),
        data=frame,
    )
