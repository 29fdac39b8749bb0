"""Whole columns that cannot be what their header says."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.contract.errors import Problem
from oib_pipeline.contract.units import sizes
from oib_pipeline.contract.variables import variables
from oib_pipeline.extract.magnitudes import ENOUGH, Magnitude, factors, magnitudes
from oib_pipeline.extract.parts import parts_above
from oib_pipeline.extract.zeros import advice as zero_advice

SWAPPED = 0.2  # share of cities whose districts may exceed the whole city before a swap is certain
SLACK = 1.001  # rounding
ADDITIVE = {"mcny", "k_persons", "km2", "ha", "n"}
COLUMN = ["file", "sheet", "variable", "scope", "unit"]


def implausible(table: pd.DataFrame, series: str, edition: int | str) -> list[Problem]:
    """Columns out of any proportion, parts above their whole, two scopes that look exchanged.

    A unit that is wrong by a factor of 100 or more, or two columns exchanged, moves a whole column;
    a single odd value does not (see ``findings``). ``table`` has the columns of raw_observations;
    money and people are measured by what the nation had in the year.
    """
    if table.empty:
        return []
    problems = _magnitudes(table, series, edition)
    return problems or parts_above(table) or _scopes(table)


def _magnitudes(table: pd.DataFrame, series: str, edition: int | str) -> list[Problem]:
    limits = magnitudes(edition)
    scaled = table.assign(scaled=table["value"].to_numpy() * factors(table))
    problems = []
    for _, rows in scaled.groupby(COLUMN, observed=True, sort=True):
        first = rows.iloc[0]
        name = str(first["variable"])
        limit = limits[name]
        years = rows["year"].to_numpy()
        measured = limit.measured(rows["scaled"].to_numpy(), years)
        for own in _groups(rows, limit):
            median, places = float(np.median(measured[own])), _places(rows[own], limit)
            if limit.allows(median, places) or (not median and places < ENOUGH):
                continue
            low, high = limit.bounds(places)
            year = f" in {years[own][0]}" if len(set(years[own])) == 1 and limit.of else ""
            todo = (
                zero_advice(name, _least(rows), series, edition)
                if median == 0
                else _other_unit(rows[own], limit, places)
            )
            problems.append(
                Problem(
                    release=str(first["release"]),
                    file=str(first["file"]),
                    sheet=str(first["sheet"]),
                    cell=str(rows[own].iloc[0]["cell"]),
                    found=f"a median of {median:,.6g} {limit.unit(name)}{year} under "
                    f"{str(first['header'])!r} ({first['scope']}, stated in {first['unit']})",
                    expected=f"{low:,.6g} to {high:,.6g} for {name}",
                    todo=todo,
                )
            )
            break  # one problem a column
    return problems


def _groups(rows: pd.DataFrame, limit: Magnitude) -> list[np.ndarray]:
    """Rows (rows,) of a column whose median is looked at: a year with enough places, the rest."""
    if not limit.of:
        return [np.ones(len(rows), dtype=bool)]
    size = rows.groupby("year")["year"].transform("size").to_numpy()
    years = rows["year"].to_numpy()
    groups = [years == year for year in np.unique(years[size >= ENOUGH])]
    return [*groups, size < ENOUGH] if (size < ENOUGH).any() else groups


def _places(rows: pd.DataFrame, limit: Magnitude) -> int:
    return rows["city_code"].nunique() if limit.of else len(rows)


def _other_unit(rows: pd.DataFrame, limit: Magnitude, places: int) -> str:
    """What to do about a column out of proportion, with the units in which it would not be."""
    first = rows.iloc[0]
    name = str(first["variable"])
    years = rows["year"].to_numpy()
    fitting = []
    for unit, scale in sizes(name).items():
        measured = limit.measured(rows["value"].to_numpy() * scale, years)
        if limit.allows(float(np.median(measured)), places):
            fitting.append(f"{unit} would make it {np.median(measured):,.4g}")
    return (
        "Check unit and heading of that column"
        + (f" ({'; '.join(fitting)}). " if fitting else ". ")
        + "If the unit over the table is not "
        "that column's, give its own in layouts/headers.csv, with the table's title under "
        "`table`; if all is right, widen layouts/magnitudes.csv, where a "
        "row may name its `editions`."
    )


def _least(rows: pd.DataFrame) -> str:
    """The first text of a column that prints a zero; its first text where none does."""
    return str(min(rows["text"], key=lambda text: bool(text.strip("0. "))))


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
