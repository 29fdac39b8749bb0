"""After extract."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from oib_pipeline.contract.tables import tables
from oib_pipeline.contract.variables import absent_years, variables
from oib_pipeline.quality.contract_suite import key_expects, prepared, schema_view, valid_expects
from oib_pipeline.quality.engine import judge_view
from oib_pipeline.quality.expectations import (
    Expect,
    View,
    absent,
    between,
    equal_within,
    factors,
    one_of,
    plain_numbers,
)
from oib_pipeline.quality.outcome import Outcome

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


CELL = ("release", "file", "sheet", "cell")
VALUE_KEY = ["release", "city_code", "year", "scope", "variable"]


def check_raw(
    observations: pd.DataFrame,
    releases: pd.DataFrame,
    *,
    cities: Collection[str],
    tolerance: float = 1e-6,
) -> list[Outcome]:
    """Outcomes for ``raw_releases`` and ``raw_observations`` of some releases.

    Parameters
    ----------
    observations, releases
        Slices of the two tables for the same releases.
    cities
        Every city code of the registry, abolished ones too.
    tolerance
        Relative difference up to which two values for one key count as one.
    """
    return check_releases(releases, observations) + check_observations(
        observations, releases, cities=cities, tolerance=tolerance
    )


def check_releases(releases: pd.DataFrame, observations: pd.DataFrame) -> list[Outcome]:
    """Outcomes for ``raw_releases``: origins declared, years in order, values found."""
    frame = prepared("raw_releases", releases)
    frame["years_declared"] = frame["last_year"] - frame["first_year"] + 1
    counts = observations.groupby("release").size()
    frame["values"] = frame["release"].map(counts).fillna(0).astype("int64")
    expects = (
        *key_expects("raw_releases"),
        *valid_expects("raw_releases"),
        between(
            "years_in_order",
            "years_declared",
            1,
            None,
            "the first year is not after the last",
            show=("first_year", "last_year"),
        ),
        between("every_release_observed", "values", 1, None, "at least one value"),
    )
    view = View("raw_releases", frame, tables()["raw_releases"].key, expects)
    return judge_view("raw_releases", [schema_view("raw_releases", releases), view])


def check_observations(
    observations: pd.DataFrame,
    releases: pd.DataFrame,
    *,
    cities: Collection[str],
    tolerance: float = 1e-6,
) -> list[Outcome]:
    """Outcomes for ``raw_observations``: parsed, declared, known, one value a key."""
    frame = _derived(prepared("raw_observations", observations), releases, tolerance)
    expects = (
        *key_expects("raw_observations"),
        *valid_expects("raw_observations"),
        *_reading(),
        *_knowing(cities),
    )
    views = [
        schema_view("raw_observations", observations),
        View("raw_observations", frame, CELL, expects),
        declared_years(frame, releases),
        years_alike(frame),
    ]
    return judge_view("raw_observations", views)


def _derived(frame: pd.DataFrame, releases: pd.DataFrame, tolerance: float) -> pd.DataFrame:
    value = pd.to_numeric(frame["value"], errors="coerce")
    text = frame["text"].astype("object").where(frame["text"].notna(), "").astype(str)
    finite = value.abs() < float("inf")
    frame["unparsed"] = text.where((text.str.strip() != "") & ~finite)
    number = plain_numbers(text)
    frame["misread"] = text.where(number.notna() & finite & ~equal_within(number, value))
    declared = releases.drop_duplicates("release").set_index("release")
    first, last = (frame["release"].map(declared[name]) for name in ("first_year", "last_year"))
    inside = (frame["year"] >= first) & (frame["year"] <= last)
    frame["undeclared_year"] = frame["year"].where(~inside.fillna(False).astype(bool))
    factor = factors(frame["variable"], frame["unit"])
    frame["unknown_unit"] = frame["unit"].fillna("(none)").where(factor.isna())
    converted = value * factor
    groups = converted.groupby([frame[name] for name in VALUE_KEY], dropna=False)
    low, high = groups.transform("min"), groups.transform("max")
    frame["other_value"] = low.where(converted > low, high).where(
        ~equal_within(low, high, tolerance)
    )
    return frame


def _reading() -> list[Expect]:
    where = ("row_label", "header")
    return [
        absent("values_parsed", "unparsed", "a finite number", show=(*where, "text")),
        absent(
            "text_agrees",
            "misread",
            "the value that the text reads",
            show=(*where, "text", "value"),
        ),
        absent(
            "years_declared",
            "undeclared_year",
            "a data year of the release's manifest",
            show=(*where, "year"),
        ),
        absent(
            "one_value_per_key",
            "other_value",
            "one value for a city, year, scope and variable",
            show=("city_code", "year", "scope", "variable", "value", "unit", "other_value"),
        ),
    ]


def _knowing(cities: Collection[str]) -> list[Expect]:
    where = ("row_label", "header", "city_code")
    known = "a city of the registry"
    return [
        one_of("cities_known", "city_code", cities, known, show=where),
        one_of("variables_known", "variable", variables(), show=("header", "variable")),
        absent(
            "units_known",
            "unknown_unit",
            "a unit that contract/units.csv lists for the variable",
            show=("header", "variable", "unit"),
        ),
    ]
