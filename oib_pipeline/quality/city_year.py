"""Checks after assembling: the panel is complete by year, in range, and what was chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import pandas as pd

from oib_pipeline.contract.tables import tables
from oib_pipeline.contract.variables import variables
from oib_pipeline.quality.coverage import city_years_view, in_use, years_view
from oib_pipeline.quality.expect import View, between, equal, one_of
from oib_pipeline.quality.generated import key_expects, prepared, schema_view, valid_expects
from oib_pipeline.quality.judge import judge
from oib_pipeline.quality.outcome import Outcome

TABLE = "core_city_year"
WHOLE = ("years_complete", "city_years_complete", "variables_continuous", "variables_complete")
KEY = ["precedence", "city_code", "year", "scope"]


def check_city_year(
    city_year: pd.DataFrame,
    *,
    years: Iterable[int],
    cities: Collection[str],
    known_cities: Collection[str],
    scope: str,
    required: Sequence[str] = (),
    sources: pd.DataFrame | None = None,
    min_share: float = 0.8,
    waiting: int = 0,
) -> list[Outcome]:
    """Outcomes for ``core_city_year`` of one order of precedence.

    Parameters
    ----------
    city_year
        Slice of the table for one precedence, every scope.
    years, cities, scope
        What is expected: each year must hold ``min_share`` of these cities at this scope. Only
        there does a value that is not valid stop the run.
    known_cities
        Every city code of the registry.
    required
        Variables that must have values for ``min_share`` of the cities in every year.
    sources
        ``core_sources`` of the same precedence: the values must be those chosen there, and failing
        rows are shown with their cells.
    waiting
        How many cities are still to be laid out: until there are none, completeness is not judged
        and both frames hold only the cities that were.
    """
    expected_years = sorted(set(years))
    frame = prepared(TABLE, city_year)
    at_scope = frame[frame["scope"] == scope]
    used = in_use(frame, expected_years, cities, scope)
    known = one_of("cities_known", "city_code", known_cities, "a city of the registry")
    key = tables()[TABLE].key
    elsewhere = tuple(valid_expects(TABLE, check="values_valid_elsewhere"))
    views = [
        schema_view(TABLE, city_year),
        View(TABLE, frame, key, (*key_expects(TABLE), known)),
        View(f"{TABLE} in use", frame[used], key, tuple(valid_expects(TABLE))),
        View(f"{TABLE} elsewhere", frame[~used], key, elsewhere),
    ]
    skipped = {}
    if waiting:
        reason = f"{waiting} more {'cities wait' if waiting > 1 else 'city waits'} to be laid out"
        skipped = dict.fromkeys(WHOLE, reason)
    else:
        views += _complete(at_scope, expected_years, cities, scope, min_share)
        if required:
            views.append(_required(at_scope, required, expected_years, cities, min_share))
        else:
            skipped["variables_complete"] = "no variable was named as required"
    if sources is not None:
        views.append(_against_sources(frame, sources))
    else:
        skipped["agrees_with_sources"] = "no sources were given"
    return judge(TABLE, views, cells=sources, skipped=skipped)


def _complete(
    frame: pd.DataFrame,
    years: Sequence[int],
    cities: Collection[str],
    scope: str,
    min_share: float,
) -> list[View]:
    """What only the whole table can show: no year, city or variable is lost."""
    wanted: dict[str, Any] = {"years": years, "cities": cities}
    name = f"{TABLE}, {scope}"
    return [
        years_view(name, "years_complete", frame, **wanted, min_share=min_share),
        city_years_view(TABLE, "city_years_complete", frame, **wanted),
        _continuous(frame, years, cities),
    ]


def _long(frame: pd.DataFrame) -> pd.DataFrame:
    long = frame.melt(KEY, list(variables()), "variable", "value")
    return long[long["value"].notna()]


def _required(
    frame: pd.DataFrame,
    required: Sequence[str],
    years: Sequence[int],
    cities: Collection[str],
    min_share: float,
) -> View:
    return years_view(
        f"{TABLE}, required variables",
        "variables_complete",
        _long(frame),
        years=years,
        cities=cities,
        min_share=min_share,
        by=[("variable", name) for name in required],
    )


def _continuous(frame: pd.DataFrame, years: Sequence[int], cities: Collection[str]) -> View:
    """One row a variable that is there and expected year: its cities over the usual number."""
    long = _long(frame[frame["city_code"].isin(set(cities)) & frame["year"].isin(years)])
    counts = long.groupby(["variable", "year"])["city_code"].nunique().rename("cities")
    usual = counts.groupby("variable").median().rename("usual").reset_index()
    grid = usual.merge(pd.DataFrame({"year": years}), how="cross")
    grid = grid.merge(counts.reset_index(), on=["variable", "year"], how="left")
    grid["cities"] = grid["cities"].fillna(0)
    grid["of_usual"] = grid["cities"] / grid["usual"]
    says = "at least half as many cities as in the variable's usual year"
    expect = between("variables_continuous", "of_usual", 0.5, None, says, show=("cities", "usual"))
    return View(f"{TABLE} by variable and year", grid, ("variable", "year"), (expect,))


def _against_sources(frame: pd.DataFrame, sources: pd.DataFrame) -> View:
    """One row a value of either side: in the panel and as chosen."""
    chosen = sources[sources["chosen"].fillna(False).astype(bool)]
    columns = [*KEY, "variable", "release", "file", "sheet", "cell", "value"]
    right = chosen[columns].rename(columns={"value": "chosen_value"})
    both = _long(frame).merge(right, on=[*KEY, "variable"], how="outer")
    both = both.sort_values([*KEY, "variable"], ignore_index=True)
    says = "the value that was chosen, to the last digit"
    shown = ("value", "chosen_value")
    expect = equal("agrees_with_sources", "value", "chosen_value", says, show=shown)
    key = (*KEY, "variable")
    place = ("release", "file", "sheet", "cell")
    return View(f"{TABLE} against core_sources", both, key, (expect,), place)
