"""A column a hundred times off is refused, by what share of the nation no place can have."""

from __future__ import annotations

import csv

import pandas as pd
import pytest
from extract_pages import CITIES

from oib_pipeline.contract.variables import factor
from oib_pipeline.extract.validate.plausibility import implausible
from oib_pipeline.registry.nation import PER_HEAD, TABLE, nation, total

# of the nation's total, a city of middling size, per cent: genuine medians; with a unit
MIDDLING = {
    "gdp_mcny": ("gdp_mcny", 0.16, "亿元"),
    "secondary_va_mcny": ("gdp_mcny", 0.075, "万元"),
    "population_resident_k": ("population_k", 0.23, "万人"),
    "employment_k": ("employment_k", 0.045, "万人"),
    "gdp_per_capita_cny": (PER_HEAD, 90.0, "元"),
}


def table(name: str, times=lambda year: 1.0, years=(1992, 2005, 2021), cities=20):
    """Observations of one column; ``times`` is how far those of a year are off."""
    of, share, unit = MIDDLING[name]
    rows = [
        {
            "release": "r", "file": "a.xlsx", "sheet": "s", "header": name, "unit": unit,
            "scope": "whole_city", "variable": name, "city_code": code, "year": year,
            "cell": f"D{i * len(years) + y + 2}", "text": "1",
            "value": total(of, year) * share / 100 * (0.6 + 0.8 * i / cities) * times(year)
            / factor(name, unit),
        }
        for i, (*_, code) in enumerate(CITIES[:cities])
        for y, year in enumerate(years)
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    texts = ["release", "file", "sheet", "header", "unit", "scope", "variable", "city_code"]
    return frame.astype(dict.fromkeys(texts, "category"))


def test_the_nation_has_every_year_with_its_source():
    years = range(1978, 2025)
    assert all(set(nation()[name]) >= set(years) for name in nation())
    with TABLE.open(encoding="utf-8", newline="") as handle:
        assert all(row["source"] for row in csv.DictReader(handle))
    assert total("gdp_mcny", 2020) == 101_356_700
    assert total("population_k", 2020) == 1_412_120
    assert round(total(PER_HEAD, 2020)) == 71_776
    assert total("gdp_mcny", 2031) == total("gdp_mcny", 2024)


@pytest.mark.parametrize("cities", [20, 3])
@pytest.mark.parametrize("name", list(MIDDLING))
def test_cities_of_middling_size_are_as_they_should_be(name, cities):
    assert not implausible(table(name, cities=cities), "csmar", 2022)


@pytest.mark.parametrize("off", [100, 1 / 100, 10_000, 1 / 10_000])
@pytest.mark.parametrize("name", list(MIDDLING))
def test_a_column_a_hundred_times_off_is_refused(name, off):
    wrong = table(name, lambda year: off)
    (problem,) = implausible(wrong, "csmar", 2022)
    assert (problem.cell, "the nation's" in problem.found) == ("D2", True)


@pytest.mark.parametrize("name", ["gdp_mcny", "population_resident_k", "gdp_per_capita_cny"])
@pytest.mark.parametrize("off", [100, 1 / 100])
def test_so_is_a_column_of_three_cities(name, off):
    wrong = table(name, lambda year: off, cities=3)
    (problem,) = implausible(wrong, "csmar", 2022)
    assert "median" in problem.found


@pytest.mark.parametrize("off", [100, 1 / 100])
@pytest.mark.parametrize("name", list(MIDDLING))
def test_a_year_in_another_unit_is_refused_by_name(name, off):
    wrong = table(name, lambda year: off if year == 2005 else 1.0)
    (problem,) = implausible(wrong, "csmar", 2022)
    assert (problem.cell, " in 2005 under " in problem.found) == ("D3", True)


def test_the_unit_that_would_be_right_is_named():
    wrong = table("gdp_mcny", lambda year: 10_000.0)
    (problem,) = implausible(wrong, "csmar", 2022)
    assert "(万元 would make it 0.1568" in problem.todo


def test_a_single_odd_value_refuses_nothing():
    rows = table("gdp_mcny")
    rows.loc[7, "value"] *= 100
    assert not implausible(rows, "csmar", 2022)
