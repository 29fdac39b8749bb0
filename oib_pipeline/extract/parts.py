"""Columns of parts that cannot belong to the column of their whole: one of the units is wrong."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.contract.errors import Problem
from oib_pipeline.contract.variables import bundles, variables
from oib_pipeline.extract.magnitudes import factors

WHOLES = {"value_added": "gdp_mcny", "employment": "employment_k"}
OTHER_WHOLES = {
    "land_granted_market_ha": "land_granted_ha",
    "construction_land_km2": "area_km2",
}
ABOVE = 1.02  # rounding, and sources that print a whole revised beside parts that are not
MANY = 0.2  # share of rows above their whole from which it is the column that is wrong
SEVERAL = 3  # fewer rows are a slip in a cell, unless there are no others
LITTLE = 0.5  # of the whole, at the median, that all its parts have to make up
KEY = ["city_code", "year", "scope"]


def wholes() -> dict[str, str]:
    """Whole by part, of variables that one table may hold both of."""
    parts = {part: whole for name, whole in WHOLES.items() for part in bundles()[name]}
    return parts | OTHER_WHOLES


def parts_above(table: pd.DataFrame) -> list[Problem]:
    """Parts above their whole, shares above all, and parts that together make up too little.

    ``table`` has the columns of raw_observations.
    """
    scaled = table.assign(scaled=table["value"].to_numpy() * factors(table))
    by_name = {str(name): rows for name, rows in scaled.groupby("variable", observed=True)}
    problems = [
        problem
        for part, whole in wholes().items()
        if part in by_name and whole in by_name
        for problem in _above(by_name[part], by_name[whole], whole)
    ]
    problems += [
        problem
        for name, rows in by_name.items()
        if variables()[name].unit == "pct"
        for problem in _above_all(rows)
    ]
    return problems or [
        problem
        for name, whole in WHOLES.items()
        if whole in by_name and all(part in by_name for part in bundles()[name])
        for problem in _little([by_name[part] for part in bundles()[name]], by_name[whole], whole)
    ]


def _above(rows: pd.DataFrame, of: pd.DataFrame, whole: str) -> list[Problem]:
    """One problem for each scope in which a part exceeds its whole in many rows."""
    pairs = rows.merge(of, on=KEY, suffixes=("", "_whole"))
    problems = []
    for _, own in pairs.groupby("scope", observed=True):
        above = own[own["scaled"] > own["scaled_whole"] * ABOVE]
        if not _column_wrong(len(above), len(own)):
            continue
        one = above.iloc[0]
        problems.append(
            _problem(
                one,
                f"{one['variable']} ({one['scope']}) above {whole} in {len(above):,} of "
                f"{len(own):,} rows: {one['text']} {one['unit']} beside {one['text_whole']} "
                f"{one['unit_whole']} in {one['file_whole']}, {one['cell_whole']}",
                "a part within its whole",
            )
        )
    return problems


def _above_all(rows: pd.DataFrame) -> list[Problem]:
    above = rows[rows["scaled"] > 100 * ABOVE]
    if not _column_wrong(len(above), len(rows)):
        return []
    one = above.iloc[0]
    return [
        _problem(
            one,
            f"{one['variable']} ({one['scope']}) above 100 % in {len(above):,} of {len(rows):,} "
            f"rows: {one['text']}, stated in {one['unit']}",
            "a share within 100 %",
        )
    ]


def _little(parts: list[pd.DataFrame], of: pd.DataFrame, whole: str) -> list[Problem]:
    """One problem for each scope in which all the parts make up little of their whole."""
    together = pd.concat(parts).groupby(KEY, observed=True)["scaled"].agg(["sum", "size"])
    pairs = of.join(together, on=KEY)
    pairs = pairs[(pairs["size"] == len(parts)) & (pairs["scaled"] > 0)]
    problems = []
    for scope, own in pairs.groupby("scope", observed=True):
        share = float((own["sum"] / own["scaled"]).median())
        if share < LITTLE:
            one = own.iloc[0]
            units = " and ".join(sorted({str(part["unit"].iloc[0]) for part in parts}))
            problems.append(
                _problem(
                    one,
                    f"{whole} ({scope}) in {one['unit']} of which its {len(parts)} parts, in "
                    f"{units}, make up {share:.2%} at the median",
                    "parts that make up their whole",
                )
            )
    return problems


def _column_wrong(above: int, of: int) -> bool:
    return above > MANY * of and (above >= SEVERAL or above == of)


def _problem(one: pd.Series, found: str, expected: str) -> Problem:
    return Problem(
        release=str(one["release"]),
        file=str(one["file"]),
        sheet=str(one["sheet"]),
        cell=str(one["cell"]),
        found=found,
        expected=expected,
        todo="Check the units of these columns, and where each is stated: the source says what "
        "they are; give a unit that it states elsewhere in layouts/headers.csv, with the table's "
        "title under `table`.",
    )
