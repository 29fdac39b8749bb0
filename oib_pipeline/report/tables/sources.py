"""Releases that were used, and which of them each variable came from."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.contract.variables import variables
from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.labels import label
from oib_pipeline.report.numbers import EN_DASH, whole, years
from oib_pipeline.report.tables.files import handed_in


def releases_table(releases: pd.DataFrame) -> Table:
    """One row a release: series, edition, data years, publisher, licence, day obtained."""
    releases = releases.sort_values(["series", "first_year", "release"], kind="stable")
    rows = [
        Row(
            (
                Cell(str(row.release)),
                Cell(str(row.series)),
                Cell(str(row.edition)),
                Cell(_span(row.first_year, row.last_year)),
                Cell(_text(row.publisher)),
                Cell(_text(row.licence)),
                Cell(_text(row.retrieved)[:10]),
            )
        )
        for row in releases.itertuples()
    ]
    names = ("Release", "Series", "Edition", "Data years", "Publisher", "Licence", "Obtained")
    return Table(
        name="releases",
        title="Releases that the study used",
        align="llllppl",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        data=handed_in(releases),
    )


def sources_table(counted: pd.DataFrame) -> Table:
    """Where the chosen values of each variable came from, by series."""
    rows, data = [], []
    for variable in (name for name in variables() if name in set(counted["variable"])):
        for series, part in counted[counted["variable"] == variable].groupby("series"):
            total = int(part["n"].sum())
            spell = years([int(year) for year in part["year"]])
            rows.append(
                Row(
                    (
                        Cell(label(variable).label),
                        Cell(str(series)),
                        Cell(spell),
                        Cell(whole(part["release"].nunique())),
                        Cell(whole(total), value=total),
                    )
                )
            )
            data.append((variable, series, spell, part["release"].nunique(), total))
    names = ("Variable", "Series", "Data years", "Releases", "Values")
    return Table(
        name="sources",
        title="Where the chosen values came from",
        align="pllrr",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        data=pd.DataFrame(data, columns=["variable", "series", "years", "releases", "values"]),
    )


def _span(first: object, last: object) -> str:
    if pd.isna(first):
        return "not declared"
    return f"{int(first)}{EN_DASH}{int(last)}" if first != last else str(int(first))  # type: ignore[call-overload]


def _text(value: object) -> str:
    return "not stated" if value is None or pd.isna(value) or value == "" else str(value)
