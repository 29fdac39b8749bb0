"""The ledger: one estimate under every way of judging its error."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.labels import convention_words, short
from oib_pipeline.report.methods import inference_words
from oib_pipeline.report.numbers import decimals_for, fixed, interval, p_value


def inference_table(frame: pd.DataFrame, *, notes: tuple[str, ...] = ()) -> Table:
    """Rows by outcome and method: standard error, t, p, interval and what the method is."""
    column = "method" if "method" in frame else "model"
    rows: list[Row] = []
    for outcome, part in frame.groupby("outcome", sort=False):
        places = decimals_for(part["estimate"].iloc[0])
        title = f"{short(str(outcome))}: estimate {fixed(part['estimate'].iloc[0], places)}"
        rows.append(Row((Cell(title),), "group", rule=bool(rows)))
        rows += [_row(record, column) for record in part.to_dict("records")]
    names = ("Method", "Std. error", "t", "p", "95% interval", "How")
    return Table(
        name="inference",
        title="One estimate, judged in several ways",
        align="lrrrrp",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=("A dash stands where a method gives no such number.", *notes),
        data=frame,
    )


def _row(record: dict, column: str) -> Row:
    places = decimals_for(record["se"], least=4)
    return Row(
        (
            Cell(inference_words(str(record[column]))),
            _cell(record["se"], fixed(record["se"], places)),
            _cell(record["t"], fixed(record["t"], 2)),
            _cell(record["p"], p_value(record["p"])),
            _cell(record["ci_low"], interval(record["ci_low"], record["ci_high"]), False),
            Cell(convention_words(str(record["convention"]))),
        )
    )


def _cell(value: float, text: str, keep: bool = True) -> Cell:
    if pd.isna(value):
        return Cell("\u2014")
    return Cell(text, value=value if keep else None)
