"""Years of a release: those it declares, and how many values each holds."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.quality.expect import View, absent, between


def declared_years(frame: pd.DataFrame, releases: pd.DataFrame) -> View:
    """One row a release and declared year: how many values it holds."""
    rows = [
        (row.release, year)
        for row in releases.itertuples()
        if pd.notna(row.first_year) and pd.notna(row.last_year)
        for year in range(int(row.first_year), int(row.last_year) + 1)
    ]
    years = pd.DataFrame(rows, columns=["release", "year"])
    counts = frame.groupby(["release", "year"]).size().to_dict()
    years["values"] = [counts.get(row, 0) for row in rows]
    expect = between("every_year_observed", "values", 1, None, "at least one value")
    return View("raw_observations by declared year", years, ("release", "year"), (expect,))


def years_alike(frame: pd.DataFrame) -> View:
    """One row a release, variable and scope: the years with less than half its usual values."""
    by = ["release", "variable", "scope"]
    counts = frame.groupby([*by, "year"], dropna=False).size().rename("values").reset_index()
    years = {name: sorted(set(part["year"])) for name, part in counts.groupby("release")}
    keys = counts[by].drop_duplicates()
    rows = [
        (*key, year)
        for key in keys.itertuples(index=False, name=None)
        for year in years.get(key[0], [])
    ]
    grid = pd.DataFrame(rows, columns=[*by, "year"]).merge(counts, on=[*by, "year"], how="left")
    grid["values"] = grid["values"].fillna(0)
    grid["usual"] = grid.groupby(by, dropna=False)["values"].transform("median")
    grid["thin_years"] = grid["year"].astype(str).where(grid["values"] < grid["usual"] / 2)
    joined = grid.groupby([*by, "usual"], dropna=False)["thin_years"]
    rows = joined.agg(lambda years: ", ".join(years.dropna()) or None).reset_index()
    says = "no year with less than half the values of the variable's usual year"
    expect = absent("years_alike", "thin_years", says, show=("thin_years", "usual"))
    return View("raw_observations by variable", rows, tuple(by), (expect,))
