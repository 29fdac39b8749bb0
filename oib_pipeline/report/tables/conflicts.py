"""Values passed over that differ from the chosen one by more than the tolerance."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.labels import label
from oib_pipeline.report.numbers import number, percent

SHOWN = 40


def conflicts_table(frame: pd.DataFrame, inputs: ReportInputs) -> Table:
    """The widest differences first, with the cells on both sides; the csv has all."""
    cities = inputs.registry.cities.set_index("city_code")["name_en"]
    key = ["city_code", "variable", "year", "release"]
    widest = frame.sort_values(["relative_difference", *key], ascending=[False] + [True] * 4)
    rows = [
        Row(
            (
                Cell(f"{cities.get(row.city_code, row.city_code)}, {row.year}"),
                Cell(label(row.variable).label),
                Cell(number(row.chosen_value, least=2), value=row.chosen_value),
                Cell(str(row.chosen_place)),
                Cell(number(row.value, least=2), value=row.value),
                Cell(str(row.place)),
                Cell(percent(row.relative_difference), value=row.relative_difference),
            )
        )
        for row in widest.head(SHOWN).itertuples()
    ]
    names = ("City and year", "Variable", "Chosen", "from", "Passed over", "from", "Difference")
    more = len(frame) - SHOWN
    shown = f"The widest {SHOWN} are shown; the csv has {more:,} more. " if more > 0 else ""
    return Table(
        name="conflicting-values",
        title="Values that sources give differently",
        align="lprprpr",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=(f"{shown}The difference is relative to the larger of the two.",),
        data=widest,
    )
