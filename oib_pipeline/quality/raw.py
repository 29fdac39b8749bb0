"""Checks after raw: what was read from the workbooks is complete, known and read aright."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from oib_pipeline.contract.tables import tables
from oib_pipeline.contract.variables import variables
from oib_pipeline.quality.expect import Expect, View, absent, between, one_of
from oib_pipeline.quality.generated import key_expects, prepared, schema_view, valid_expects
from oib_pipeline.quality.judge import judge
from oib_pipeline.quality.numbers import agree, factors, plain_numbers
from oib_pipeline.quality.outcome import Outcome
from oib_pipeline.quality.raw_years import declared_years, years_alike

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
    return judge("raw_releases", [schema_view("raw_releases", releases), view])


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
    return judge("raw_observations", views)


def _derived(frame: pd.DataFrame, releases: pd.DataFrame, tolerance: float) -> pd.DataFrame:
    value = pd.to_numeric(frame["value"], errors="coerce")
    text = frame["text"].astype("object").where(frame["text"].notna(), "").astype(str)
    finite = value.abs() < float("inf")
    frame["unparsed"] = text.where((text.str.strip() != "") & ~finite)
    number = plain_numbers(text)
    frame["misread"] = text.where(number.notna() & finite & ~agree(number, value))
    declared = releases.drop_duplicates("release").set_index("release")
    first, last = (frame["release"].map(declared[name]) for name in ("first_year", "last_year"))
    inside = (frame["year"] >= first) & (frame["year"] <= last)
    frame["undeclared_year"] = frame["year"].where(~inside.fillna(False).astype(bool))
    factor = factors(frame["variable"], frame["unit"])
    frame["unknown_unit"] = frame["unit"].fillna("(none)").where(factor.isna())
    converted = value * factor
    groups = converted.groupby([frame[name] for name in VALUE_KEY], dropna=False)
    low, high = groups.transform("min"), groups.transform("max")
    frame["other_value"] = low.where(converted > low, high).where(~agree(low, high, tolerance))
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
