"""What rules found in the panel, counted by rule, with the worst of them in words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.labels import in_words
from oib_pipeline.report.numbers import whole

ORDER = {"error": 0, "warning": 1, "note": 2}
EXAMPLES = 3
# the last figure of what was expected, unless it is a growth rate
EXPECTED = r"(\d[\d.]*(?:e[+-]?\d+)?)(?!.*[\d%])"


def findings_table(frame: pd.DataFrame, inputs: ReportInputs) -> Table:
    """One row a rule and severity: how often, and the farthest few in words; the csv has all."""
    frame = frame.assign(_order=frame["severity"].map(ORDER).fillna(len(ORDER)))
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
