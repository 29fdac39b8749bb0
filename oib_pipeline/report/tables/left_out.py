"""Controls of the study that could not be used, with the reason."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.labels import in_words, short
from oib_pipeline.report.numbers import percent

SCOPES = {"whole_city": "whole cities", "districts": "districts of cities"}


def left_out_table(frame: pd.DataFrame) -> Table:
    """Control, share of city-years that have it, and why it was left out."""
    rows = [
        Row(
            (
                Cell(short(str(record["control"]))),
                Cell(percent(record["coverage"]), value=record["coverage"]),
                Cell(_reason(str(record["reason"]))),
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


def _reason(text: str) -> str:
    """The reason with columns and scopes as they are called."""
    for scope, words in SCOPES.items():
        text = text.replace(f"at scope {scope}", f"for {words}")
    return in_words(text)
