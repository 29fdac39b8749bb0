"""The cities of the sample: who they are, how large, and which names an edition prints."""

from __future__ import annotations

import csv
from importlib.resources import files

import numpy as np
import pandas as pd

from oib_pipeline.registry.registry import Registry

SAMPLE = "old_industrial_120"
POLICY = "relocation_2014"
FIRST_YEAR, LAST_YEAR = 2010, 2018
YEARS = np.arange(FIRST_YEAR, LAST_YEAR + 1)

LARGE = ("210200", "320200", "320500", "330200", "350200", "370200", "440300", "440600", "441900")
NO_COUNTIES = (
    *("310000", "350200", "420100", "440300", "440600"),
    *("441900", "442000", "460100", "620200", "650200"),
)
COLUMNS = (
    "city_code name_zh name_en province_code province_zh province_en region tier member treated "
    "has_districts has_counties first_year last_year"
)
# A genuine edition prints districts figures for Jiayuguan although it has none; so does the sample,
# because it is one of the 120.
DISTRICTS_PRINTED_ANYWAY = ("620200",)
FORMER_ENGLISH = {"襄樊市": "Xiangfan"}


def sample_cities(registry: Registry) -> pd.DataFrame:
    """The cities of the sample in printing order, one row each.

    Parameters
    ----------
    registry : Registry
        Holds names, regions, the 120 cities and the 21 pilots.

    Returns
    -------
    pandas.DataFrame
        Indexed 0..N-1 and sorted by code: city_code, name_zh, name_en, province_code, province_zh,
        province_en, region, tier (1 ordinary, 2 large, 3 capital, 4 municipality), member (of the
        120), treated, has_districts, has_counties, first_year, last_year (data years printed).
    """
    with files(__package__).joinpath("others.csv").open(encoding="utf-8") as handle:
        others = {row["city_code"]: row for row in csv.DictReader(handle)}
    members = registry.sample(SAMPLE)
    codes = sorted({*members, *others})
    cities = registry.cities.set_index("city_code").loc[codes].reset_index()
    code = cities["city_code"]
    tier = np.select(
        [cities["kind"].eq("municipality"), cities["capital"].eq(1), code.isin(LARGE)], [4, 3, 2], 1
    )
    return cities.assign(
        tier=tier,
        member=code.isin(members),
        treated=code.isin(registry.policy(POLICY)["city_code"]),
        has_districts=cities["has_districts"].eq(1) | code.isin(DISTRICTS_PRINTED_ANYWAY),
        has_counties=~code.isin(NO_COUNTIES),
        first_year=[_year(others, one, "first_year", FIRST_YEAR) for one in code],
        last_year=[_year(others, one, "last_year", LAST_YEAR) for one in code],
    )[COLUMNS.split()]


def printed_names(cities: pd.DataFrame, registry: Registry, year: int) -> pd.DataFrame:
    """``name_zh`` and ``name_en`` as an edition of that data year prints them: former names too."""
    spellings = registry.names.spellings
    valid = spellings[
        spellings["kind"].eq("former")
        & spellings["last_year"].ge(year)
        & spellings["name"].isin(FORMER_ENGLISH)
    ]
    former = dict(zip(valid["city_code"], valid["name"], strict=True))
    name_zh = [
        former.get(code, name)
        for code, name in zip(cities["city_code"], cities["name_zh"], strict=True)
    ]
    name_en = [
        FORMER_ENGLISH.get(zh, en) for zh, en in zip(name_zh, cities["name_en"], strict=True)
    ]
    return pd.DataFrame({"name_zh": name_zh, "name_en": name_en}, index=cities.index)


def _year(others: dict[str, dict[str, str]], code: str, field: str, default: int) -> int:
    return int(others.get(code, {}).get(field) or default)
