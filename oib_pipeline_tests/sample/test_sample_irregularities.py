"""Every irregularity of genuine yearbooks that the sample is there to exercise is in it."""

from __future__ import annotations

import io
import re

import numpy as np
import openpyxl
import pytest

from oib_pipeline.synthetic.cities import YEARS
from oib_pipeline.synthetic.editions import editions, plans
from oib_pipeline.synthetic.page import read_faults

CONTROLS = [
    *("gdp_per_capita_cny", "population_resident_k", "area_km2", "construction_land_km2"),
    *("industrial_enterprises_n", "land_granted_ha", "land_granted_market_ha"),
    "road_area_per_capita_m2",
]


@pytest.fixture(scope="module")
def books(made):
    found = {}
    for name, content in made.items():
        if name.endswith(".xlsx"):
            year = int(re.search(r"ccsy-(\d+)", name)[1])
            found.setdefault(year, {})[name] = openpyxl.load_workbook(io.BytesIO(content))
    return found


@pytest.fixture(scope="module")
def texts(books):
    """All texts of an edition, by edition."""
    return {
        year: [
            cell
            for book in own.values()
            for sheet in book
            for row in sheet.iter_rows(values_only=True)
            for cell in row
            if isinstance(cell, str)
        ]
        for year, own in books.items()
    }


def where(texts, pattern):
    return {year for year, own in texts.items() if any(re.search(pattern, one) for one in own)}


ALL = set(range(2011, 2020))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param(r"\n\(万元\)\nGross Regional", {2012, 2013, 2014, 2016, 2017}, id="bilingual"),
        pytest.param(r"（亿元）|\(亿元\)", {2018, 2019}, id="gdp in another unit"),
        pytest.param(r"从业人员数?\n?[（(]万人[)）]", {2016}, id="employment in another unit"),
        pytest.param(r"^单位：", {2012, 2014, 2017, 2018}, id="unit in its own row"),
        pytest.param(r"％", {2012, 2013, 2019}, id="full-width per cent"),
        pytest.param(r"^全 市", {2011, 2013, 2016}, id="scope word with a space"),
        pytest.param(r"生产总值\(市辖区\)", {2014, 2018}, id="scope in the title"),
        pytest.param(r"^中国20\d\d年", {2015, 2019}, id="title in two cells"),
        pytest.param(r"续表 3  continued 3", {2012, 2014, 2017, 2018}, id="continuation blocks"),
        pytest.param(r"^合    计$", {2011, 2013, 2016}, id="subtotal"),
        pytest.param(r"^注：[^合]", {2011, 2013, 2016, 2019}, id="other footnotes"),
        pytest.param(r"^注：合成数据 Synthetic data", ALL, id="synthetic footnote"),
        pytest.param(r"^  保定市$", ALL - {2011, 2015}, id="indented names"),
        pytest.param(r"^Shijiazhuang$|^  Shijiazhuang$", ALL - {2011}, id="English names"),
        pytest.param(r"^\s*襄樊市$", {2011}, id="former name"),
        pytest.param(r"^\s*襄阳市$", ALL - {2011}, id="present name"),
        pytest.param(r"^吉林省$", ALL, id="province row beside a city of its name"),
        pytest.param(r"^\s*吉林市$", ALL, id="city beside a province of its name"),
        pytest.param(r"^\s*巢湖市$", {2011}, id="abolished city"),
        pytest.param(r"^\s*铜仁市$", ALL - {2011}, id="new city"),
        pytest.param(r"^\d+,\d{3},\d{3}$", {2012}, id="thousands commas"),
        pytest.param(r"邮政、电信", ALL, id="table no variable wants"),
        pytest.param(r"增长率", ALL, id="column no variable wants"),
        pytest.param(r"增加值", {2011, 2012, 2013, 2014, 2015}, id="value added by sector"),
    ],
)
def test_wording_varies_between_editions(texts, pattern, expected):
    assert where(texts, pattern) == expected


def test_some_editions_print_numbers_some_text_and_one_both(books):
    kinds = {}
    for year, own in books.items():
        figures = [
            row[-1]
            for book in own.values()
            for sheet in book
            if sheet.sheet_state == "visible"
            for row in sheet.iter_rows(values_only=True)
            if row[-1] is not None and re.fullmatch(r"[\d.,]+", str(row[-1]))
        ]
        kinds[year] = {"text" if isinstance(one, str) else "number" for one in figures}
    assert {year for year, kind in kinds.items() if kind == {"text"}} == {2012, 2014, 2016, 2018}
    assert {year for year, kind in kinds.items() if len(kind) == 2} == {2017}


def test_hidden_sheets_and_full_width_sheet_names(books):
    hidden = {
        year
        for year, own in books.items()
        if any(sheet.sheet_state == "hidden" for book in own.values() for sheet in book)
    }
    assert hidden == {2014, 2018}
    assert all("－" in name for book in books[2011].values() for name in book.sheetnames)


def test_table_numbers_move():
    numbers = {
        one.edition: [plan.number for plan in plans(one) if plan.table == "gdp"]
        for one in editions()
    }
    assert len({tuple(own) for own in numbers.values()}) >= 5
    assert len(numbers[2018]) == 2


def test_merges_are_lost_in_some_editions(books):
    merged = {
        year: any(sheet.merged_cells.ranges for book in own.values() for sheet in book)
        for year, own in books.items()
    }
    assert {year for year, has in merged.items() if not has} == {2012, 2014, 2018}


def test_english_names_are_shared_and_some_cities_have_no_districts(world, printed):
    names = world.cities["name_en"]
    assert set(names[names.duplicated()]) == {
        *("Suzhou", "Yichun", "Fuzhou", "Taizhou", "Yulin"),
    }
    bare = world.cities["name_zh"].isin(["东莞市", "中山市"]).to_numpy()
    assert np.isnan(printed["districts"]["gdp_mcny"][bare]).all()
    assert np.isfinite(printed["whole_city"]["gdp_mcny"][bare]).any(axis=1).all()


def test_about_150_cities_with_the_120_in_every_edition(world):
    member = world.cities[world.cities["member"]]
    assert len(member) == 120
    assert (member["first_year"] == YEARS[0]).all()
    assert (member["last_year"] == YEARS[-1]).all()
    assert 145 <= len(world.cities) <= 155


def test_outcomes_of_the_120_have_no_gap_and_controls_only_gaps_that_may_be_filled(world, printed):
    member = world.cities["member"].to_numpy()
    gaps = 0
    for name, path in printed["districts"].items():
        missing = np.isnan(path[member])
        if name not in CONTROLS and name != "road_area_km2":
            assert not missing.any(), name
            continue
        for city in missing:
            for run in re.finditer("1+", "".join("1" if one else "0" for one in city)):
                first, last = YEARS[run.start()], YEARS[run.end() - 1]
                assert run.end() - run.start() <= 2
                assert YEARS[0] < first <= last < YEARS[-1]
                # the years on either side lie on one side of the policy date
                assert last + 1 <= 2013 or first - 1 >= 2014
                gaps += 1
    assert gaps >= 5


def test_typing_errors_stay_in_controls_and_inside_the_contracts_ranges(world, printed):
    member = set(world.cities.loc[world.cities["member"], "city_code"])
    slips = [fault for fault in read_faults() if fault["fault"] == "times"]
    assert {one["variable"] for one in slips if one["city_code"] in member} <= set(CONTROLS)
    assert len([one for one in slips if one["city_code"] in member]) >= 4
    assert np.nanmax(printed["districts"]["gdp_per_capita_cny"]) < 1_000_000
    assert np.nanmax(printed["districts"]["road_area_per_capita_m2"]) < 150


def test_one_place_without_primary_employment_has_no_theil_index(world, printed):
    row = int(np.flatnonzero(world.cities["city_code"] == "440300")[0])
    jobs = printed["districts"]["primary_employment_k"][row, list(YEARS).index(2012)]
    assert jobs == 0
    assert not world.cities["member"][row]
