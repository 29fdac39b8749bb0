"""Whole columns that cannot be what their header says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from oib_pipeline.contract.errors import Problem
from oib_pipeline.contract.units import factor
from oib_pipeline.contract.variables import variables
from oib_pipeline.extract.layout_tables import magnitudes
from oib_pipeline.extract.zeros import advice

ENOUGH = 15  # values from which a column's median is trusted
SWAPPED = 0.2  # share of cities whose districts may exceed the whole city before a swap is certain
SLACK = 1.001  # rounding
ADDITIVE = {"mcny", "k_persons", "km2", "ha", "n"}
COLUMN = ["file", "sheet", "variable", "scope", "unit"]


def implausible(table: pd.DataFrame, series: str, edition: int | str) -> list[Problem]:
    """Columns whose median is out of any proportion, or whose two scopes look exchanged.

    A unit that is wrong by a factor of 100 or more, or two columns exchanged, moves a whole column;
    a single odd value does not (see ``findings``). ``table`` has the columns of raw_observations.
    """
    if table.empty:
        return []
    problems = _magnitudes(table, series, edition)
    return problems or _scopes(table)


def factors(table: pd.DataFrame) -> np.ndarray:
    """Factor to the contract's unit of each row."""
    units = table["unit"].cat.categories
    names = table["variable"].cat.categories
    rows = [[factor(name, unit) or np.nan for unit in units] for name in names]
    grid = np.array(rows).reshape(len(names), len(units))
    return grid[table["variable"].cat.codes, table["unit"].cat.codes]


def _magnitudes(table: pd.DataFrame, series: str, edition: int | str) -> list[Problem]:
    limits = magnitudes(edition)
    grouped = table.groupby(COLUMN, observed=True, sort=True)
    columns = grouped.agg(
        median=("value", "median"), n=("value", "size"), cell=("cell", "first"),
        header=("header", "first"), release=("release", "first"),
    ).reset_index()  # fmt: skip
    problems = []
    for row in columns.itertuples():
        low, high = limits[str(row.variable)]
        median = float(row.median) * (factor(str(row.variable), str(row.unit)) or np.nan)
        if row.n < ENOUGH or low <= median <= high:
            continue
        unit = variables()[str(row.variable)].unit
        problems.append(
            Problem(
                release=str(row.release),
                file=str(row.file),
                sheet=str(row.sheet),
                cell=str(row.cell),
                found=f"a median of {median:,.6g} {unit} under {str(row.header)!r} "
                f"({row.scope}, stated in {row.unit})",
                expected=f"{low:,g} to {high:,g} for {row.variable}",
                todo=advice(str(row.variable), _least(table, row), series, edition)
                if median == 0
                else "Check unit and heading of that column. If the unit over the table is not "
                "that column's, give its own in layouts/headers.csv, with the table's title under "
                "`table`; if all is right, widen layouts/magnitudes.csv, where a "
                "row may name its `editions`.",
            )
        )
    return problems


def _least(table: pd.DataFrame, column: Any) -> str:
    """The first text of a column that prints a zero; its first text where none does."""
    own = np.logical_and.reduce([table[name] == getattr(column, name) for name in COLUMN])
    return str(min(table.loc[own, "text"], key=lambda text: bool(text.strip("0. "))))


def _scopes(table: pd.DataFrame) -> list[Problem]:
    """Variables whose districts exceed the whole city in many cities: two headings exchanged."""
    pairs = scope_pairs(table)
    above = pairs["scaled"] > pairs["scaled_whole"] * SLACK
    share = above.groupby(pairs["variable"].astype(str)).agg(["mean", "size"])
    problems = []
    for name, (mean, size) in share.iterrows():
        if size < ENOUGH or mean <= SWAPPED:
            continue
        row = pairs[above & (pairs["variable"] == name)].iloc[0]
        problems.append(
            Problem(
                release=str(row["release"]),
                file=str(row["file"]),
                sheet=str(row["sheet"]),
                cell=str(row["cell"]),
                found=f"districts above the whole city for {name} in {mean:.0%} of {size:.0f}",
                expected="districts within the whole city",
                todo="Check which column is 全市 and which 市辖区.",
            )
        )
    return problems


def scope_pairs(table: pd.DataFrame) -> pd.DataFrame:
    """Rows at districts scope with the whole city's value of the same city, year and variable.

    Only quantities that add up over a city; ``scaled`` and ``scaled_whole`` are in contract units.
    """
    key = ["city_code", "year", "variable"]
    scopes = (
        table[["variable", "scope"]].drop_duplicates().groupby("variable", observed=True).size()
    )
    both = [name for name in scopes[scopes > 1].index if variables()[name].unit in ADDITIVE]
    kept = table[table["variable"].isin(both)]
    scaled = kept.assign(scaled=kept["value"].to_numpy() * factors(kept))
    districts = scaled[scaled["scope"] == "districts"]
    whole = scaled.loc[scaled["scope"] == "whole_city", [*key, "scaled"]]
    return districts.merge(whole, on=key, suffixes=("", "_whole"))
