"""Zeros: a figure, or a way to print that there is none? A person has to say."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.contract.errors import Problem
from oib_pipeline.extract.advice import line

COLUMN = ["file", "sheet", "variable", "scope"]
SHOWN = 5


def zeros(table: pd.DataFrame, series: str, edition: int | str) -> list[Problem]:
    """One problem for each column that prints zeros: how many, where, and the row that voids them.

    ``table`` has the columns of raw_observations.
    """
    printed = table[table["value"] == 0]
    if printed.empty:
        return []
    of = table.groupby(COLUMN, observed=True).size()
    problems = []
    for key, rows in printed.groupby(COLUMN, observed=True, sort=True):
        file, sheet, variable, scope = map(str, key)
        cells = ", ".join(rows["cell"].head(SHOWN)) + (" ..." if len(rows) > SHOWN else "")
        problems.append(
            Problem(
                release=str(rows["release"].iloc[0]),
                file=file,
                sheet=sheet,
                cell=str(rows["cell"].iloc[0]),
                found=f"a zero in {len(rows):,} of {of[key]:,} cells of {variable}, {scope} "
                f"({cells})",
                expected="a figure above zero, or a mark of layouts/missing.csv",
                todo=advice(variable, str(rows["text"].iloc[0]), series, edition),
            )
        )
    return problems


def advice(variable: str, mark: str, series: str, edition: int | str) -> str:
    """What to do about zeros: read the page, and say what they mean."""
    years = {"first_edition": str(edition), "last_edition": str(edition)}
    row = line("missing", series=series, variable=variable, mark=mark,
               **(years if isinstance(edition, int) else {}))  # fmt: skip
    return (
        f"Read the page: if it means that there is no value, add {row} to layouts/missing.csv, "
        "with where the edition says so."
    )
