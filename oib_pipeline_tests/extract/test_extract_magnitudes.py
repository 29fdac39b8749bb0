"""A column a hundred times off is refused, by what share of the nation no place can have."""

from __future__ import annotations

import pandas as pd
import pytest
from extract_pages import CITIES

from oib_pipeline.contract.units import factor
from oib_pipeline.extract.plausible import implausible
from oib_pipeline.registry.nation import PER_HEAD, Nation

# of the nation's total, a city of middling size, per cent: genuine medians; with a unit
MIDDLING = {
    "gdp_mcny": ("gdp_mcny", 0.16, "亿元"),
    "secondary_va_mcny": ("gdp_mcny", 0.075, "万元"),
    "population_resident_k": ("population_k", 0.23, "万人"),
    "employment_k": ("employment_k", 0.045, "万人"),
    "gdp_per_capita_cny": (PER_HEAD, 90.0, "元"),
}


def table(nation: Nation, name: str, times=lambda year: 1.0, years=(1992, 2005, 2021), cities=20):
    """Observations of one column; ``times`` is how far those of a year are off."""
    of, share, unit = MIDDLING[name]
    rows = [
        {
            "release": "r", "file": "a.xlsx", "sheet": "s", "header": name, "unit": unit,
            "scope": "whole_city", "variable": name, "city_code": code, "year": year,
            "cell": f"D{i * len(years) + y + 2}", "text": "1",
            "value": nation.total(of, year) * share / 100 * (0.6 + 0.8 * i / cities) * times(year)
            / factor(name, unit),
        }
        for i, (*_, code) in enumerate(CITIES[:cities])
        for y, year in enumerate(years)
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    texts = ["release", "file", "sheet", "header", "unit", "scope", "variable", "city_code"]
    return frame.astype(dict.fromkeys(texts, "category"))


@pytest.fixture
def nation(registry) -> Nation:
    return registry.gazetteer.nation


def test_the_nation_has_every_year_with_its_source(registry, nation):
    years = range(1978, 2025)
    assert all(set(nation.totals[name]) >= set(years) for name in nation.totals)
    assert len(nation.totals) == 3
    assert nation.total("gdp_mcny", 2020) == 101_356_700
    assert nation.total("population_k", 2020) == 1_412_120
    assert round(nation.total(PER_HEAD, 2020)) == 71_776
    assert nation.total("gdp_mcny", 2031) == nation.total("gdp_mcny", 2024)


@pytest.mark.parametrize("cities", [20, 3])
@pytest.mark.parametrize("name", list(MIDDLING))
def test_cities_of_middling_size_are_as_they_should_be(nation, name, cities):
    assert not implausible(table(nation, name, cities=cities), "csmar", 2022, nation)


@pytest.mark.parametrize("off", [100, 1 / 100, 10_000, 1 / 10_000])
@pytest.mark.parametrize("name", list(MIDDLING))
def test_a_column_a_hundred_times_off_is_refused(nation, name, off):
    wrong = table(nation, name, lambda year: off)
    (problem,) = implausible(wrong, "csmar", 2022, nation)
    assert (problem.cell, "the nation's" in problem.found) == ("D2", True)


@pytest.mark.parametrize("name", ["gdp_mcny", "population_resident_k", "gdp_per_capita_cny"])
@pytest.mark.parametrize("off", [100, 1 / 100])
def test_so_is_a_column_of_three_cities(nation, name, off):
    wrong = table(nation, name, lambda year: off, cities=3)
    (problem,) = implausible(wrong, "csmar", 2022, nation)
    assert "median" in problem.found


@pytest.mark.parametrize("off", [100, 1 / 100])
@pytest.mark.parametrize("name", list(MIDDLING))
def test_a_year_in_another_unit_is_refused_by_name(nation, name, off):
    wrong = table(nation, name, lambda year: off if year == 2005 else 1.0)
    (problem,) = implausible(wrong, "csmar", 2022, nation)
    assert (problem.cell, " in 2005 under " in problem.found) == ("D3", True)


def test_the_unit_that_would_be_right_is_named(nation):
    wrong = table(nation, "gdp_mcny", lambda year: 10_000.0)
    (problem,) = implausible(wrong, "csmar", 2022, nation)
    assert "(万元 would make it 0.1568" in problem.todo


def test_a_single_odd_value_refuses_nothing(nation):
    rows = table(nation, "gdp_mcny")
    rows.loc[7, "value"] *= 100
    assert not implausible(rows, "csmar", 2022, nation)
