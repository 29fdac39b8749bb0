"""What is there against what is expected: a row for each year, or for each city-year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from oib_pipeline.quality.expect import View, between, one_of


def years_view(
    name: str,
    check: str,
    frame: pd.DataFrame,
    *,
    years: Iterable[int],
    cities: Iterable[str],
    min_share: float,
    by: Sequence[tuple[str, str]] = (("", ""),),
) -> View:
    """One row an expected year (and scope or variable): the share of expected cities that is there.

    ``by`` lists (column, value) pairs to look at one by one; ("", "") looks at the whole frame.
    """
    wanted = sorted(set(cities))
    known = frame[frame["city_code"].isin(wanted)]
    parts = [
        _by_year(known if not column else known[known[column] == value], years, value)
        for column, value in by
    ]
    counts = pd.concat(parts, ignore_index=True)
    counts["expected_cities"] = len(wanted)
    counts["share"] = counts["cities"] / max(len(wanted), 1)
    says = f"at least {min_share:.0%} of the expected cities"
    shown = ("cities", "expected_cities")
    expect = between(check, "share", min_share, 1, says, show=shown)
    return View(f"{name} by year", counts, ("of", "year"), (expect,))


def city_years_view(
    name: str,
    check: str,
    frame: pd.DataFrame,
    *,
    years: Iterable[int],
    cities: Iterable[str],
    listed: pd.DataFrame | None = None,
) -> View:
    """One row an expected city-year: present, listed (as known to be missing) or missing."""
    grid = city_years(years, cities)
    grid["state"] = "missing"
    if listed is not None:
        grid.loc[_member(grid, listed), "state"] = "listed"
    grid.loc[_member(grid, frame), "state"] = "present"
    says = "present, or listed as known to be missing"
    expect = one_of(check, "state", ["present", "listed"], says, show=("state",))
    return View(f"{name} by city and year", grid, ("city_code", "year"), (expect,))


def in_use(
    frame: pd.DataFrame, years: Iterable[int], cities: Iterable[str], scope: str
) -> pd.Series:
    """Rows that a study rests on; a fault elsewhere is told but need not stop it."""
    return (
        (frame["scope"] == scope)
        & frame["year"].isin(set(years))
        & frame["city_code"].isin(set(cities))
    )


def city_years(years: Iterable[int], cities: Iterable[str]) -> pd.DataFrame:
    """Every expected city and year, in order."""
    index = pd.MultiIndex.from_product(
        [sorted(set(cities)), sorted(set(years))], names=["city_code", "year"]
    )
    return index.to_frame(index=False)


def _by_year(frame: pd.DataFrame, years: Iterable[int], of: str) -> pd.DataFrame:
    counts = frame.groupby("year")["city_code"].nunique()
    counts = counts.reindex(sorted(set(years)), fill_value=0)
    return pd.DataFrame({"of": of, "year": counts.index, "cities": counts.to_numpy()})


def _member(grid: pd.DataFrame, frame: pd.DataFrame) -> pd.Series:
    pairs = pd.MultiIndex.from_frame(frame[["city_code", "year"]])
    return pd.Series(pd.MultiIndex.from_frame(grid[["city_code", "year"]]).isin(pairs))
