"""Columns and parts of a size that cannot be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from oib_pipeline.contract.errors import Problem
from oib_pipeline.contract.variables import bundles, factor, sizes, variables
from oib_pipeline.extract.layouts.layout import in_editions, read_layout_table
from oib_pipeline.extract.parse.reading import ColumnValues, Reading
from oib_pipeline.extract.validate.values import zeros_advice as zero_advice
from oib_pipeline.registry.nation import PER_HEAD, total

ENOUGH_IN_BLOCK = 5  # values from which a block's median is trusted
APART = 30.0  # districts of one province against another's lie well within it


def check_scale(readings: list[Reading]) -> None:
    """Note a fault for a block far from what the other blocks of its table hold.

    ``readings`` are the blocks of one sheet.
    """
    columns = [(r, values) for r in readings if r.held for values in r.held.columns]
    for reading, values in columns:
        column = values.column
        others = [
            v.number * _factor(v)
            for r, v in columns
            if r is not reading
            and r.rule is reading.rule
            and (v.column.variable, v.column.scope) == (column.variable, column.scope)
        ]
        beside = np.concatenate(others) if others else np.empty(0)
        if len(values.number) < ENOUGH_IN_BLOCK or len(beside) < ENOUGH_IN_BLOCK:
            continue
        ratio = float(np.median(values.number)) * _factor(values) / float(np.median(beside))
        if np.isfinite(ratio) and not 1 / APART < ratio < APART:
            reading.fault(
                column.cell,
                f"values under {column.key!r} that are {ratio:,.3g} times those of the table's "
                f"other blocks, at their medians (read in {column.unit})",
                "one order of magnitude in a table",
                "Check the page: the unit of this block may be another, and unsaid. If the values "
                "are right, give the block a title of its own in layouts/tables.csv.",
            )


def _factor(values: ColumnValues) -> float:
    return factor(values.column.variable, values.column.unit) or np.nan


ENOUGH_IN_COLUMN = 15  # places from which a median is held to the bounds of magnitudes.csv
FEWER = (3.0, 4.0)  # fewer may all be small, or all be large, by so much more

NATIONS = {
    "gdp_mcny": "% of the nation's GDP",
    "population_k": "% of the nation's population",
    "employment_k": "% of all the nation's employed",
    PER_HEAD: "% of the nation's GDP per head",
}


@dataclass(frozen=True)
class Magnitude:
    """Least and greatest median of a variable's column.

    ``of`` names the total of the nation of which ``low`` and ``high`` are per cent; where it is
    blank they are in the variable's unit.
    """

    low: float
    high: float
    of: str = ""

    def measured(self, values: np.ndarray, years: np.ndarray) -> np.ndarray:
        """Values (values,) in the contract's unit as what the bounds are of."""
        if not self.of:
            return values
        each, place = np.unique(years, return_inverse=True)
        totals = np.array([total(self.of, int(year)) for year in each])
        return values / totals[place] * 100

    def bounds(self, places: int) -> tuple[float, float]:
        """Least and greatest median of a number of places."""
        if places >= ENOUGH_IN_COLUMN:
            return self.low, self.high
        return (self.low / FEWER[0], self.high * FEWER[1]) if self.of else (0.0, np.inf)

    def unit(self, variable: str) -> str:
        """What the bounds of a variable are in, in words."""
        return NATIONS[self.of] if self.of else variables()[variable].unit

    def allows(self, median: float, places: int) -> bool:
        """Whether a median of what was measured lies within the bounds."""
        low, high = self.bounds(places)
        return low <= median <= high


def magnitudes(edition: int | str = "") -> dict[str, Magnitude]:
    """Bounds by variable; a row for the edition comes first."""
    limits = {}
    for row in sorted(read_layout_table("magnitudes"), key=lambda row: bool(row["editions"])):
        own = row["editions"]
        if not own or (isinstance(edition, int) and in_editions(own, edition)):
            limits[row["variable"]] = Magnitude(float(row["low"]), float(row["high"]), row["of"])
    return limits


def factors(table: pd.DataFrame) -> np.ndarray:
    """Factor to the contract's unit of each row."""
    units = table["unit"].cat.categories
    names = table["variable"].cat.categories
    rows = [[factor(name, unit) or np.nan for unit in units] for name in names]
    grid = np.array(rows).reshape(len(names), len(units))
    return grid[table["variable"].cat.codes, table["unit"].cat.codes]


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


SWAPPED = 0.2  # share of cities whose districts may exceed the whole city before a swap is certain
SLACK = 1.001  # rounding
ADDITIVE = {"mcny", "k_persons", "km2", "ha", "n"}
PRINTED_COLUMN = ["file", "sheet", "variable", "scope", "unit"]


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
    for _, rows in scaled.groupby(PRINTED_COLUMN, observed=True, sort=True):
        first = rows.iloc[0]
        name = str(first["variable"])
        limit = limits[name]
        years = rows["year"].to_numpy()
        measured = limit.measured(rows["scaled"].to_numpy(), years)
        for own in _groups(rows, limit):
            median, places = float(np.median(measured[own])), _places(rows[own], limit)
            if limit.allows(median, places) or (not median and places < ENOUGH_IN_COLUMN):
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
    groups = [years == year for year in np.unique(years[size >= ENOUGH_IN_COLUMN])]
    return [*groups, size < ENOUGH_IN_COLUMN] if (size < ENOUGH_IN_COLUMN).any() else groups


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
        if size < ENOUGH_IN_COLUMN or mean <= SWAPPED:
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
