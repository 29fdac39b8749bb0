"""City-years that lack something the study needs, with the reason."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.labels import in_words, short
from oib_pipeline.report.numbers import whole, years

SHOWN = 60


def gaps_table(missing: pd.DataFrame, inputs: ReportInputs) -> Table:
    """One row for each city, variable and reason; the csv has every city-year."""
    cities = inputs.registry.cities.set_index("city_code")["name_en"]
    filled = missing.get("repair", pd.Series("", index=missing.index)).fillna("")
    keys = ["variable", "city_code", "reason", "then"]
    grouped = missing.assign(then=filled.replace("", "left out")).groupby(keys, dropna=False)
    lines = [(*key, sorted(int(year) for year in part["year"])) for key, part in grouped]
    rows = [
        Row(
            (
                Cell(short(str(variable))),
                Cell(f"{cities.get(code, code)} ({code})"),
                Cell(years(spell)),
                Cell(whole(len(spell)), value=len(spell)),
                Cell("no reason given" if pd.isna(reason) else in_words(str(reason))),
                Cell(then),
            )
        )
        for variable, code, reason, then, spell in lines[:SHOWN]
    ]
    names = ("Variable", "City", "Years", "Number", "Reason", "Then")
    rest = len(lines) - SHOWN
    return Table(
        name="missing",
        title="What is missing",
        align="lllrpl",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=(f"{rest:,} further rows are in the csv.",) if rest > 0 else (),
        data=missing,
    )
