"""Wide table and indices."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from oib_pipeline.contract.tables import tables
from oib_pipeline.contract.variables import variables
from oib_pipeline.indices import indicators
from oib_pipeline.indices.table import inputs_of
from oib_pipeline.quality.contract_suite import (
    city_years_view,
    in_use,
    key_expects,
    prepared,
    range_expect,
    schema_view,
    valid_expects,
    years_view,
)
from oib_pipeline.quality.engine import judge_view
from oib_pipeline.quality.expectations import (
    Expect,
    View,
    absent,
    between,
    equal,
    equal_within,
    one_of,
)
from oib_pipeline.quality.outcome import Outcome

CITY_YEAR = "core_city_year"
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
    frame = prepared(CITY_YEAR, city_year)
    at_scope = frame[frame["scope"] == scope]
    used = in_use(frame, expected_years, cities, scope)
    known = one_of("cities_known", "city_code", known_cities, "a city of the registry")
    key = tables()[CITY_YEAR].key
    elsewhere = tuple(valid_expects(CITY_YEAR, check="values_valid_elsewhere"))
    views = [
        schema_view(CITY_YEAR, city_year),
        View(CITY_YEAR, frame, key, (*key_expects(CITY_YEAR), known)),
        View(f"{CITY_YEAR} in use", frame[used], key, tuple(valid_expects(CITY_YEAR))),
        View(f"{CITY_YEAR} elsewhere", frame[~used], key, elsewhere),
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
    return judge_view(CITY_YEAR, views, cells=sources, skipped=skipped)


def _complete(
    frame: pd.DataFrame,
    years: Sequence[int],
    cities: Collection[str],
    scope: str,
    min_share: float,
) -> list[View]:
    """What only the whole table can show: no year, city or variable is lost."""
    wanted: dict[str, Any] = {"years": years, "cities": cities}
    name = f"{CITY_YEAR}, {scope}"
    return [
        years_view(name, "years_complete", frame, **wanted, min_share=min_share),
        city_years_view(CITY_YEAR, "city_years_complete", frame, **wanted),
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
        f"{CITY_YEAR}, required variables",
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
    return View(f"{CITY_YEAR} by variable and year", grid, ("variable", "year"), (expect,))


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
    return View(f"{CITY_YEAR} against core_sources", both, key, (expect,), place)


INDICES = "core_indices"
OUTPUT, EMPLOYED = list(indicators.OUTPUT.columns), list(indicators.EMPLOYMENT.columns)
ROUNDING = 1e-9


def check_indices(
    indices: pd.DataFrame,
    *,
    years: Iterable[int],
    cities: Collection[str],
    scope: str,
    required: Collection[str] = ("ais",),
    sources: pd.DataFrame | None = None,
    min_share: float = 0.8,
) -> list[Outcome]:
    """Outcomes for ``core_indices`` of one order of precedence.

    Parameters
    ----------
    indices
        Slice of the table for one precedence, every scope.
    years, cities, scope, required
        Each year must hold each required index for ``min_share`` of these cities at this scope.
        Only there does a control that is not valid stop the run.
    sources
        ``core_sources`` of the same precedence, to show the cells behind failing rows.
    """
    frame = _derived(prepared(INDICES, indices))
    years, besides, key = sorted(set(years)), {"ais", "theil"}, tables()[INDICES].key
    used = in_use(frame, years, cities, scope)
    elsewhere = tuple(valid_expects(INDICES, besides, "values_valid_elsewhere"))
    at_scope = frame[frame["scope"] == scope].melt(
        ["city_code", "year"], sorted(required), "variable", "value"
    )
    complete = years_view(
        f"{INDICES}, {scope}",
        "years_complete",
        at_scope[at_scope["value"].notna()],
        years=years,
        cities=cities,
        min_share=min_share,
        by=[("variable", name) for name in sorted(required)],
    )
    views = [
        schema_view(INDICES, indices),
        View(INDICES, frame, key, (*key_expects(INDICES), *_definitions(), *_gaps())),
        View(f"{INDICES} in use", frame[used], key, tuple(valid_expects(INDICES, besides))),
        View(f"{INDICES} elsewhere", frame[~used], key, elsewhere),
        complete,
    ]
    return judge_view(INDICES, views, cells=sources)


def _definitions() -> list[Expect]:
    one = (1 - ROUNDING, 1 + ROUNDING)
    ais, theil = inputs_of("ais"), inputs_of("theil")
    return [
        between(
            "shares_sum_to_one",
            "share_sum",
            *one,
            "output shares sum to one",
            show=(*OUTPUT, "share_sum", "share_basis"),
            inputs=ais,
        ),
        between(
            "shares_sum_to_one",
            "employment_share_sum",
            *one,
            "employment shares sum to one",
            show=(*EMPLOYED, "employment_share_sum", "employment_basis"),
            inputs=indicators.EMPLOYMENT.inputs,
        ),
        range_expect("ais_in_range", INDICES, "ais"),
        range_expect("theil_not_negative", INDICES, "theil"),
        absent(
            "formulas_hold",
            "wrong_ais",
            "AIS = y1 + 2 y2 + 3 y3",
            show=(*OUTPUT, "ais", "expected_ais"),
            inputs=ais,
        ),
        absent(
            "formulas_hold",
            "wrong_theil",
            "Theil = sum of y ln(y / l)",
            show=(*OUTPUT, *EMPLOYED, "theil", "expected_theil"),
            inputs=theil,
        ),
    ]


def _gaps() -> list[Expect]:
    return [
        absent(
            "gaps_explained",
            f"unexplained_{name}",
            f"{name}, or the reason why it is missing, not both",
            show=(name, f"{name}_reason"),
            inputs=inputs_of(name),
        )
        for name in _explained()
    ]


def _explained() -> list[str]:
    """Indices with a column that states why one is missing."""
    return [name for name in indicators.INDICATORS if f"{name}_reason" in indicators.COMPUTED]


def _derived(frame: pd.DataFrame) -> pd.DataFrame:
    y, l = _numbers(frame, OUTPUT), _numbers(frame, EMPLOYED)  # noqa: E741
    frame["share_sum"], frame["employment_share_sum"] = y.sum(axis=1), l.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(y == 0, 0.0, y * np.log(y / l))
    frame["expected_ais"] = y @ np.array([1.0, 2.0, 3.0])
    # Output without employment makes the sum infinite: undefined, and so missing.
    theil = terms.sum(axis=1) + 0 * l.sum(axis=1)
    frame["expected_theil"] = np.where(np.isfinite(theil), theil, np.nan)
    for name in ("ais", "theil"):
        # A gap where an index could be had is a wrong index too: both sides must be missing.
        same = equal_within(frame[name], frame[f"expected_{name}"], ROUNDING)
        frame[f"wrong_{name}"] = pd.Series(name, frame.index).where(~same)
    for name in _explained():
        reason = frame[f"{name}_reason"].astype("object")
        stated = reason.where(reason.notna(), "").astype(str).str.strip() != ""
        frame[f"unexplained_{name}"] = pd.Series(name, frame.index).where(
            stated == frame[name].notna()
        )
    return frame


def _numbers(frame: pd.DataFrame, columns: list[str]) -> np.ndarray:
    return frame[columns].apply(pd.to_numeric, errors="coerce").to_numpy("float64")
