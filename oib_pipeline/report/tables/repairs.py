"""Values of the study panel that a rule or a correction changed, counted by variable and year."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.labels import short
from oib_pipeline.report.numbers import whole, years

SUFFIX = "_flag"


def repairs(panel: pd.DataFrame) -> pd.DataFrame:
    """One row a repaired value: city_code, city, year, variable, how, before, used."""
    parts = []
    for column in (name for name in panel.columns if name.endswith(SUFFIX)):
        variable = column.removesuffix(SUFFIX)
        marked = panel[panel[column].fillna("").ne("")]
        parts.append(
            pd.DataFrame(
                {
                    "city_code": marked["city_code"],
                    "city": marked["city"],
                    "year": marked["year"],
                    "variable": variable,
                    "how": marked[column],
                    "before": marked.get(f"{variable}_before"),
                    "used": marked[variable],
                }
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def repairs_table(changed: pd.DataFrame) -> Table:
    """How many values of each variable were repaired in which way; the csv lists each."""
    rows = [
        Row(
            (
                Cell(short(str(variable))),
                Cell(str(how)),
                Cell(whole(len(part)), value=len(part)),
                Cell(whole(part["city_code"].nunique())),
                Cell(years([int(year) for year in part["year"]])),
            )
        )
        for (variable, how), part in changed.groupby(["variable", "how"], sort=False)
    ]
    names = ("Variable", "How", "Values", "Cities", "Years")
    return Table(
        name="repaired-values",
        title="Repaired values",
        align="llrrl",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=("The csv lists every value with what it was before.",),
        data=changed,
    )
