"""What a person should look at in the files although they load, cell by cell."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.labels import in_words
from oib_pipeline.report.numbers import whole

ORDER = {"warning": 0, "info": 1}
SHOWN = 40


def raw_findings_table(frame: pd.DataFrame) -> Table:
    """Warnings first, then by place; the csv has all, with what can be done about each.

    ``frame``: rows of ``raw_findings`` of the releases that the study used.
    """
    frame = frame.assign(_order=frame["severity"].map(ORDER).fillna(len(ORDER)))
    frame = frame.sort_values(["_order", "release", "file", "sheet", "cell", "found"])
    frame = frame.drop(columns="_order")
    rows = [
        Row(
            (
                Cell(str(record["severity"])),
                Cell(place(record)),
                Cell(in_words(str(record["found"]))),
                Cell(in_words(str(record["expected"]))),
            )
        )
        for record in frame.head(SHOWN).to_dict("records")
    ]
    more = len(frame) - SHOWN
    shown = (f"{whole(more)} more are in the csv.",) if more > 0 else ()
    return Table(
        name="file-findings",
        title="What to look at in the files",
        align="lppp",
        head=(tuple(Head(name) for name in ("Severity", "Where", "Found", "Expected")),),
        rows=tuple(rows),
        notes=(*shown, "The csv also says what can be done about each."),
        data=frame,
    )


def place(record: dict) -> str:
    """Release, file, sheet and cell, as far as they are known."""
    parts = [str(record[name]) for name in ("file", "sheet", "cell") if _there(record[name])]
    return f"{record['release']}: {', '.join(parts)}" if parts else str(record["release"])


def _there(value: object) -> bool:
    return not pd.isna(value) and value != ""
