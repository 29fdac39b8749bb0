"""Years of a release: those it declares, and how many values each file holds of a variable."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.contract.absent_years import absent_years
from oib_pipeline.quality.expect import View, absent, one_of

LINE = ["release", "file", "variable", "scope"]


def declared_years(frame: pd.DataFrame, releases: pd.DataFrame) -> View:
    """One row a file, variable, scope and declared year: held, known to be absent, or lost.

    A release that gave nothing at all has a row for each of its years.
    """
    grid = _grid(frame, releases)
    counts = frame.groupby([*LINE, "year"]).size().rename("values").reset_index()
    grid = grid.merge(counts, on=[*LINE, "year"], how="left")
    grid["values"] = grid["values"].fillna(0).astype("int64")
    excused = [
        int(row.year) in absent_years().get((row.series, row.variable, row.scope), {})
        for row in grid.itertuples()
    ]
    grid["state"] = "lost"
    grid.loc[excused, "state"] = "known to be absent"
    grid.loc[grid["values"] > 0, "state"] = "held"
    says = "values, or a row in contract/absent_years.csv that says why there are none"
    allowed = ["held", "known to be absent"]
    expect = one_of("every_year_observed", "state", allowed, says, show=("state",))
    key = (*LINE, "year")
    return View("raw_observations by declared year", grid, key, (expect,))


def years_alike(frame: pd.DataFrame) -> View:
    """One row a file, variable and scope: the years with less than half the next year's values."""
    counts = frame.groupby([*LINE, "year"], dropna=False).size().rename("values").reset_index()
    grouped = counts.groupby(LINE, dropna=False)["values"]
    beside = pd.concat([grouped.shift(1), grouped.shift(-1)], axis=1).max(axis=1)
    said = counts["year"].astype(str) + " (" + counts["values"].astype(str) + ")"
    counts["thin_years"] = said.where(counts["values"] < beside / 2)
    counts["usual"] = grouped.transform("median")
    joined = counts.groupby([*LINE, "usual"], dropna=False)["thin_years"]
    rows = joined.agg(lambda years: ", ".join(years.dropna()) or None).reset_index()
    says = "no year with less than half the values of the year before or after it"
    expect = absent("years_alike", "thin_years", says, show=("thin_years", "usual"))
    return View("raw_observations by variable", rows, tuple(LINE), (expect,))


def _grid(frame: pd.DataFrame, releases: pd.DataFrame) -> pd.DataFrame:
    """Every declared year of every file, variable and scope that a release gave."""
    known = releases[releases["first_year"].notna() & releases["last_year"].notna()]
    years = pd.DataFrame(
        [
            (row.release, row.series, year)
            for row in known.itertuples()
            for year in range(int(row.first_year), int(row.last_year) + 1)
        ],
        columns=["release", "series", "year"],
    )
    grid = years.merge(frame[LINE].drop_duplicates(), on="release", how="left")
    grid[LINE[1:]] = grid[LINE[1:]].astype("object").fillna("")
    return grid
