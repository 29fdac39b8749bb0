"""City-years that lack something the study needs, with the reason."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.document import Cell, Head, Row, Table
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.labels import short
from oib_pipeline.report.numbers import whole, years

SHOWN = 60


def gaps_table(missing: pd.DataFrame, inputs: ReportInputs) -> Table:
    """One row for each city, variable and reason; the csv has every city-year."""
    cities = inputs.registry.cities.set_index("city_code")["name_en"]
    grouped = missing.groupby(["variable", "city_code", "reason"], sort=True, dropna=False)
    lines = [
        (variable, code, reason, sorted(int(year) for year in part["year"]))
        for (variable, code, reason), part in grouped
    ]
    rows = [
        Row(
            (
                Cell(short(str(variable))),
                Cell(f"{cities.get(code, code)} ({code})"),
                Cell(years(spell)),
                Cell(whole(len(spell)), value=len(spell)),
                Cell("no reason given" if pd.isna(reason) else str(reason)),
            )
        )
        for variable, code, reason, spell in lines[:SHOWN]
    ]
    names = ("Variable", "City", "Years", "Number", "Reason")
    rest = len(lines) - SHOWN
    return Table(
        name="missing",
        title="What is missing",
        align="lllrp",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=(f"{rest:,} further rows are in the csv.",) if rest > 0 else (),
        data=missing,
    )
