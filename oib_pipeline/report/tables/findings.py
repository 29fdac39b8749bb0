"""Panel and raw findings."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.report.document.blocks import Cell, Head, Row, Table
from oib_pipeline.report.document.format_numbers import whole
from oib_pipeline.report.document.labels import in_words
from oib_pipeline.report.inputs import ReportInputs

SEVERITIES = {"error": 0, "warning": 1, "note": 2}
EXAMPLES = 3
# the last figure of what was expected, unless it is a growth rate
EXPECTED = r"(\d[\d.]*(?:e[+-]?\d+)?)(?!.*[\d%])"


def findings_table(frame: pd.DataFrame, inputs: ReportInputs) -> Table:
    """One row a rule and severity: how often, and the farthest few in words; the csv has all."""
    frame = frame.assign(_order=frame["severity"].map(SEVERITIES).fillna(len(SEVERITIES)))
    frame = frame.assign(_size=-departure(frame))
    frame = frame.sort_values(["_order", "rule", "_size", "city_code", "year"], kind="stable")
    cities = inputs.registry.cities.set_index("city_code")["name_en"]
    rows = []
    for (_, rule, severity), part in frame.groupby(["_order", "rule", "severity"], sort=True):
        said = [_example(record, cities) for record in part.head(EXAMPLES).to_dict("records")]
        rows.append(
            Row(
                (
                    Cell(str(severity)),
                    Cell(str(rule).replace("_", " ")),
                    Cell(whole(len(part)), value=len(part)),
                    Cell(whole(part["city_code"].nunique())),
                    Cell(in_words("; ".join(said))),
                )
            )
        )
    names = ("Severity", "Rule", "Times", "Cities", "For example")
    return Table(
        name="findings-by-rule",
        title="Findings by rule",
        align="llrrp",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=("The farthest from what was expected are quoted; the csv lists all, these first.",),
        data=frame.drop(columns=["_order", "_size"]),
    )


def departure(frame: pd.DataFrame) -> pd.Series:
    """How far each value is from the figure expected, in logs; 0 where that is no question."""
    expected = frame["expected"].astype("str").str.extract(EXPECTED)[0].astype("float64")
    positive = (expected > 0) & (frame["value"] > 0)
    ratio = (frame["value"] / expected).where(positive, 1.0)
    return np.log(ratio.astype("float64")).abs()


def _example(record: dict, cities: pd.Series) -> str:
    message = str(record["message"]).rstrip(".")
    place = cities.get(record["city_code"], record["city_code"])
    return f"{place} {record['year']}: {message}"


RAW_SEVERITIES = {"warning": 0, "info": 1}
SHOWN = 40


def raw_findings_table(frame: pd.DataFrame) -> Table:
    """Warnings first, then by place; the csv has all, with what can be done about each.

    ``frame``: rows of ``raw_findings`` of the releases that the study used.
    """
    frame = frame.assign(_order=frame["severity"].map(RAW_SEVERITIES).fillna(len(RAW_SEVERITIES)))
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
