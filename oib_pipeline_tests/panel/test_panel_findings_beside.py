"""What neighbours tell: values missing, copied, or unlike other figures of their city."""

import pandas as pd
import pytest

from oib_pipeline.indices import compute_indices
from oib_pipeline.panel import assemble, findings

CITY, YEAR = "320400", 2014


@pytest.fixture
def pages(sources):
    """The same values as one page a year, a city a row and a variable a column."""
    letters = {name: chr(66 + i) for i, name in enumerate(sorted(set(sources["variable"])))}
    row = 6 + sources["city_code"].rank(method="dense").astype(int)
    release = "ccsy-" + (sources["year"] + 1).astype(str)
    cell = sources["variable"].map(letters) + row.astype(str)
    return sources.assign(release=release, edition=release.str[-4:], cell=cell)


def at(rows, variable, year=YEAR, city=CITY):
    return (
        (rows["city_code"] == city)
        & (rows["year"] == year)
        & (rows["variable"] == variable)
        & (rows["scope"] == "whole_city")
    )


def put(rows, variable, value, **where):
    here = at(rows, variable, **where)
    return rows.assign(
        value=rows["value"].mask(here, value), text=rows["text"].mask(here, repr(value))
    )


def add(rows, variable, value, unit, year=YEAR, **changes):
    row = rows[at(rows, "gdp_mcny", year)].assign(
        variable=variable, value=value, text=repr(value), stated_unit=unit, cell="Z9", **changes
    )
    return pd.concat([rows, row], ignore_index=True)


def told(rows, rule, year=YEAR, city=CITY):
    """Messages of one rule on one city-year."""
    odd = findings(rows, compute_indices(assemble(rows)))
    here = (odd["rule"] == rule) & (odd["year"] == year) & (odd["city_code"] == city)
    return odd.loc[here, "message"].tolist()


def test_a_year_lost_between_two_is_named_with_the_cells_beside_it(sources):
    (message,) = told(sources[~at(sources, "area_km2")], "hole")
    cells = [sources.loc[at(sources, "area_km2", year), "cell"].item() for year in (2013, 2015)]
    assert message.startswith("no area_km2, although ")
    assert all(f", {cell} has 2000" in message for cell in cells)


def test_a_value_that_a_correction_took_out_is_no_hole(sources):
    here = at(sources, "area_km2")
    settled = sources.assign(
        value=sources["value"].mask(here),
        correction=sources["correction"].mask(here, "2000 taken out: a slip"),
        chosen=sources["chosen"] & ~here,
    )
    assert not told(settled, "hole")


def test_a_city_that_leaves_a_source_is_named_once(sources):
    gone = at(sources, "area_km2", 2015) | at(sources, "area_km2", 2016)
    assert told(sources[~gone], "series_ends", 2015)[0].startswith("no area_km2 after ccsy-2018")
    assert not told(sources[~gone], "series_ends", 2016)


def test_a_source_that_ends_for_every_city_is_no_finding(sources):
    ended = sources["variable"].eq("area_km2") & sources["year"].ge(2015)
    assert not told(sources[~ended], "series_ends", 2015)


def test_a_city_that_begins_late_is_named(pages):
    lost = at(pages, "area_km2", 2012)
    many = [pages.assign(city_code=f"4{n:02d}300") for n in range(10)]
    rows = pd.concat([pages[~lost], *many], ignore_index=True)
    rows = rows.drop_duplicates(["city_code", "year", "scope", "variable"], ignore_index=True)
    assert told(rows, "series_begins", 2012)[0].startswith("no area_km2 before ccsy-2014")


def test_a_blank_cell_of_a_page_is_named_with_its_row(pages):
    many = [pages.assign(city_code=f"4{n:02d}300") for n in range(12)]
    rows = pd.concat([pages, *many]).drop_duplicates(["city_code", "year", "variable"])
    rows = rows[rows["year"] == YEAR].reset_index(drop=True)
    (message,) = told(rows[~at(rows, "area_km2")], "blank_cell")
    assert "although ccsy-2015: panel.xlsx, sheet 2-1, C8 has the city" in message
    assert "15 of 16 cities" in message


def test_a_value_of_the_row_above_is_named_with_both_cities(pages):
    above = pages.loc[at(pages, "gdp_mcny", city="320300"), "value"].item()
    (message,) = told(put(pages, "gdp_mcny", above), "copied_value")
    assert "as in the row above, of 320300" in message


def test_a_row_copied_from_another_city_is_named_for_both(pages):
    other = pages[(pages["city_code"] == "420600") & (pages["year"] == YEAR)]
    mine = (pages["city_code"] == CITY) & (pages["year"] == YEAR)
    copied = other.assign(city_code=CITY, cell=pages.loc[mine, "cell"].to_numpy())
    rows = pd.concat([pages[~mine], copied], ignore_index=True)
    for city in (CITY, "420600"):
        (message,) = told(rows, "copied_row", city=city)
        assert "the same for 320400, 420600" in message


def test_two_counts_of_the_same_people_that_differ_are_found(sources):
    rows = add(sources, "population_registered_k", 2004.0, "千人")
    assert not told(add(rows, "population_average_k", 2000.0, "千人"), "populations_apart")
    (message,) = told(add(rows, "population_average_k", 200.0, "千人"), "populations_apart")
    assert message.startswith("population_average_k is 200, 0.10 times population_registered_k")


def test_gdp_per_head_is_held_against_another_population_where_residents_are_missing(sources):
    rows = sources[sources["variable"] != "population_resident_k"].reset_index(drop=True)
    rows = add(rows, "population_registered_k", 2004.0, "千人")
    assert not told(rows, "gdp_per_head")
    figure = rows.loc[at(rows, "gdp_per_capita_cny"), "value"].item()
    (message,) = told(put(rows, "gdp_per_capita_cny", 2 * figure), "gdp_per_head")
    assert "GDP over population_registered_k" in message


def test_a_jump_over_missing_years_is_found_with_both_cells(sources):
    lacking = sources["variable"].eq("gdp_mcny") & sources["year"].eq(2013)
    rows = sources[~lacking].reset_index(drop=True)
    (message,) = told(put(rows, "gdp_mcny", 1e6), "level_jump")
    assert " of 2012 (ccsy-2018: panel.xlsx, sheet 2-1, C" in message
    assert message.count("panel.xlsx") == 2


def test_shares_unlike_the_levels_they_are_of_are_found(sources):
    rows = add(sources, "primary_share_pct", 40.0, "%")
    rows = add(add(rows, "secondary_share_pct", 20.0, "%"), "tertiary_share_pct", 39.66, "%")
    assert len(told(rows, "share_against_levels")) == 2  # the tertiary share is as its level


def test_road_area_out_of_proportion_to_the_others_is_found(sources):
    whole = sources[sources["year"] == YEAR]
    many = [whole.assign(city_code=f"4{n:02d}300") for n in range(16)]
    people = pd.concat([whole, *many], ignore_index=True)
    people = people.drop_duplicates(["city_code", "variable"], ignore_index=True)
    base = people[people["variable"] == "population_resident_k"]
    roads = base.assign(variable="road_area_km2", stated_unit="平方公里", cell="Z9")
    roads["value"] = 0.015 * base["value"]
    rows = pd.concat([people, roads], ignore_index=True)
    assert not told(rows, "road_area")
    ten = rows["value"].mask(at(rows, "road_area_km2"), 10 * rows["value"])
    (message,) = told(rows.assign(value=ten), "road_area")
    assert "10.00 times what population_resident_k makes usual" in message
    none = rows["value"].mask(at(rows, "road_area_km2"), 0.0)
    assert len(told(rows.assign(value=none), "road_area")) == 1
