"""Descriptive statistics of the estimation sample."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.labels import label
from oib_pipeline.report.numbers import decimals_for_spread, fixed, whole

NUMBERS = (("mean", "Mean"), ("sd", "Std. dev."), ("min", "Min."), ("max", "Max."))
COUNTS = (("n", "N"), ("missing", "Missing"), ("repaired", "Repaired"))


def descriptive_table(frame: pd.DataFrame, *, notes: tuple[str, ...] = ()) -> Table:
    """Mean, spread and range of each variable, with how many values are missing or repaired."""
    head = (
        Head("Variable"),
        Head("Unit"),
        *(Head(text) for _, text in NUMBERS),
        *(Head(text) for name, text in COUNTS if name in frame),
    )
    return Table(
        name="descriptive",
        title="Descriptive statistics of the estimation sample",
        align="ll" + "r" * (len(head) - 2),
        head=(head,),
        rows=tuple(_row(record) for record in frame.to_dict("records")),
        notes=(
            "Repaired counts values that a rule or a correction of the study changed or filled.",
            *notes,
        ),
        data=frame,
    )


def _row(record: dict) -> Row:
    words = label(record["variable"])
    decimals = decimals_for_spread(record["sd"])
    return Row(
        (
            Cell(words.short),
            Cell(words.unit),
            *(Cell(fixed(record[name], decimals), value=record[name]) for name, _ in NUMBERS),
            *(
                Cell(whole(record[name]), value=record[name])
                for name, _ in COUNTS
                if name in record
            ),
        )
    )
