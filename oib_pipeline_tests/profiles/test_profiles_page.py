"""A city's page: what is known, how it stands among others, each value with its cell."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import report_world as world
from accessibility import problems
from profile_world import OTHER, PILOT, profile_inputs, sources

from oib_pipeline.report.cities.comparisons import Comparisons, ProfileInputs
from oib_pipeline.report.cities.profile import write_profiles
from oib_pipeline.report.cities.tables import values
from oib_pipeline.report.inputs import pairs


@pytest.fixture(scope="module")
def inputs() -> ProfileInputs:
    return profile_inputs()


@pytest.fixture(scope="module")
def folder(inputs, tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("profiles") / "cities"
    write_profiles(inputs, target, [PILOT, OTHER])
    return target


@pytest.fixture(scope="module")
def pilot(folder) -> str:
    return (folder / f"{PILOT}.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def other(folder) -> str:
    return (folder / f"{OTHER}.html").read_text(encoding="utf-8")


def test_a_pilot_has_a_synthetic_control_and_its_matches(pilot):
    assert "Weights of the synthetic control" in pilot
    assert "The same was done for 99 cities that were no pilots" in pilot
    assert "Matched cities" in pilot
    assert "pilot since 2014" in pilot


def test_a_city_that_is_no_pilot_is_set_beside_the_pilots(other):
    assert "synthetic control" not in other.partition("<main")[2]
    assert "Pilot cities" in other
    assert "no pilot" in other


def test_notes_and_policies_stand_with_their_sources(pilot, other):
    assert "Lin et al. (2022), section 2.1" in pilot
    assert "Gulou" in pilot
    assert "国办发" in pilot
    assert "Not a pilot of 2014" in other


def test_each_value_leads_to_its_file_sheet_and_cell(pilot):
    homes = re.findall(r'<a href="#(cell-\d+-[a-z_]+)"><data', pilot)
    assert len(homes) >= len(world.study().year_list)
    for home in homes:
        row = pilot[pilot.index(f'<tr id="{home}"') :].partition("</tr>")[0]
        assert "2-9.xlsx" in row
        assert "C2" in row
        assert "chosen" in row
    assert "passed over: an earlier edition" in pilot


def test_outside_text_is_text_and_what_the_font_lacks_is_said(pilot):
    assert "<b>x</b>" not in pilot
    assert "\u202e" not in pilot
    assert 'class="lacking"' in pilot


def test_profiles_and_their_index_pass_the_basics_of_accessibility(folder, pilot, other):
    index = (folder / "index.html").read_text(encoding="utf-8")
    for page in (pilot, other, index):
        assert problems(page) == []


def test_the_same_inputs_give_the_same_bytes(inputs, folder, tmp_path):
    write_profiles(inputs, tmp_path, [PILOT, OTHER])
    for name in (f"{PILOT}.html", f"{OTHER}.html", "index.html"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_links_arrive(folder):
    index = (folder / "index.html").read_text(encoding="utf-8")
    for page in folder.glob("[0-9]*.html"):
        text = page.read_text(encoding="utf-8")
        for link in re.findall(r'href="([^"#]*)#?([^"]*)"', text):
            name, place = link
            if name == "index.html" and place:
                assert f'id="{place}"' in index
            elif not name:
                assert f'id="{place}"' in text
            else:
                assert name in ("index.html", "../index.html")


def test_the_index_finds_cities_by_name_pinyin_and_code(folder):
    index = (folder / "index.html").read_text(encoding="utf-8")
    found = re.search(rf'<li id="c{PILOT}" data-search="([^"]+)"><a href="{PILOT}.html">', index)
    assert found
    assert {"xuzhou", "徐州市", PILOT} <= set(found[1].split())
    assert "hidden" in re.search(r'<form class="search"[^>]*>', index)[0]
    assert index.count("<li id=") == 120


def test_a_city_without_a_panel_still_has_a_page(inputs, tmp_path):
    panel = world.panel()
    report = world.inputs(sources=sources(), panel=panel[panel["city_code"] != OTHER])
    write_profiles(ProfileInputs(report, panel), tmp_path, [OTHER])
    page = (tmp_path / f"{OTHER}.html").read_text(encoding="utf-8")
    assert "not in the study’s panel" in page


def test_a_missing_value_stands_with_its_reason(inputs):
    found = {(value.name, value.year): value for value in values(inputs, "130700")}
    assert found["land_marketization", 2012].reason == "the cell is blank"


def test_pilots_are_matched_with_the_nearest_scores():
    frame = pd.DataFrame(
        {
            "outcome": "ais",
            "method": "nearest",
            "city_code": list("pabcd"),
            "treated": [1, 0, 0, 0, 0],
            "score": [0.5, 0.4, 0.6, 0.9, 0.5],
            "on_support": [True, True, True, True, False],
        }
    )
    found = pairs(frame, world.study(), "ais")
    assert dict(zip(found["control"], found["share"], strict=True)) == {"a": 0.5, "b": 0.5}


def test_a_gap_before_the_policy_leaves_no_synthetic_control_and_says_so(inputs):
    panel = world.panel().copy()
    panel.loc[(panel["city_code"] == PILOT) & (panel["year"] == 2011), "ais"] = np.nan
    made = Comparisons(ProfileInputs(world.inputs(panel=panel), panel)).of(PILOT, "ais")
    assert made.synthetic is None
    assert "no outcome at 2011" in made.reason
