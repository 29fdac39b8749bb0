"""The genuine files: 120 cities x 9 years, held against what a source prints itself."""

import os
from pathlib import Path

import pandas as pd
import pytest

from oib_pipeline.extract import extract_release, find_releases, read_release
from oib_pipeline.indices import compute_indices
from oib_pipeline.panel import (
    apply_corrections,
    assemble,
    build_study_panel,
    candidates,
    conflicts,
    findings,
    read_corrections,
    reconcile,
    trace,
)
from oib_pipeline.registry.registry import load_registry
from oib_pipeline.study import read_study

ROOT = Path(__file__).parents[2]
REAL = Path(os.environ.get("OIB_REAL", ROOT / "../shared/real"))
pytestmark = pytest.mark.skipif(
    not REAL.is_dir(), reason=f"no genuine files at {REAL} (OIB_REAL names another folder)"
)
ROUNDING = 1e-3  # AIS from shares printed to 0.1 % differs in the third decimal


@pytest.fixture(scope="module")
def real():
    """Everything the study real_whole_city rests on."""
    registry = load_registry(ROOT / "data" / "registry")
    study = read_study(ROOT / "data" / "studies" / "real_whole_city.yml")
    found = find_releases(REAL, ROOT / "data" / "manifests")
    read = [extract_release(read_release(f.folder, f.manifest), registry) for f in found]
    observations = pd.concat([one.observations for one in read], ignore_index=True)
    releases = pd.concat([one.releases for one in read], ignore_index=True)
    corrections = read_corrections(ROOT / "data" / "corrections.yml", registry)
    corrected = apply_corrections(observations, corrections)
    sources = reconcile(candidates(corrected, releases, study), study.sources)
    city_year = assemble(sources)
    indices = compute_indices(city_year)
    panel = build_study_panel(study, indices, registry, sources)
    return {
        "registry": registry,
        "study": study,
        "observations": observations,
        "releases": releases,
        "corrections": corrections,
        "sources": sources,
        "city_year": city_year,
        "indices": indices,
        "panel": panel,
    }


@pytest.fixture(scope="module")
def mine(real):
    """Whole-city indices and figures of the 120 cities, 2010-2018."""
    both = real["city_year"].merge(
        real["indices"], on=["precedence", "city_code", "year", "scope"], validate="one_to_one"
    )
    codes = real["registry"].sample("old_industrial_120")
    return both[
        both["city_code"].isin(codes)
        & both["year"].between(2010, 2018)
        & both["scope"].eq("whole_city")
    ]


def test_the_panel_is_120_cities_by_9_years(real):
    frame = real["panel"].frame
    assert frame.shape[0] == 1080
    assert frame["city_code"].nunique() == 120
    assert frame.groupby("region")["city_code"].nunique().to_dict() == {
        "Central": 40,
        "East": 19,
        "Northeast": 27,
        "West": 34,
    }
    assert frame.loc[frame["treated"].eq(1), "city_code"].nunique() == 21
    assert frame["border_change"].sum() == 52


def test_ais_is_complete_and_theil_nearly(mine):
    assert mine["ais"].notna().sum() == 1080
    assert mine["ais"].between(1, 3).all()
    assert mine["theil"].notna().sum() >= 1060
    assert mine["theil"].dropna().ge(0).all()
    assert mine.loc[mine["theil"].isna(), "theil_reason"].notna().all()


def test_every_missing_value_is_listed(real):
    panel = real["panel"]
    names = ["ais", "theil", *panel.controls]
    still = panel.missing[panel.missing["repair"].eq("")]
    assert len(still) == panel.frame[names].isna().sum().sum()


def test_controls_that_only_districts_have_are_left_out_with_the_reason(real):
    panel = real["panel"]
    assert panel.controls == ("ln_gdp_per_capita", "population_density")
    assert set(panel.left_out["control"]) == {
        "land_marketization",
        "enterprise_density",
        "road_area_per_capita",
    }
    assert panel.left_out["reason"].str.contains("whole_city").all()


def test_ais_agrees_with_the_compiled_file_but_where_that_file_contradicts_itself(mine):
    gap = (mine["ais"] - mine["ais_as_printed"]).abs()
    apart = mine[gap > ROUNDING]
    assert gap.notna().sum() == 1080
    assert set(zip(apart["city_code"], apart["year"], strict=True)) == {
        ("230800", 2011),  # corrected: district-like figures
        ("231000", 2011),
        *(("440200", year) for year in range(2011, 2015)),  # GDP is not the sum of its sectors
        *(("440900", year) for year in range(2011, 2015)),
    }


def test_every_correction_reaches_its_release_and_the_panel_s_flags(real):
    corrected = real["sources"]["correction"].notna().sum()
    assert corrected == len(real["corrections"])
    frame = real["panel"].frame
    flagged = frame[frame["ais_flag"].str.contains("corrected")]
    assert flagged[["city_code", "year"]].to_numpy().tolist() == [
        ["230800", 2011],
        ["231000", 2011],
    ]


def test_known_faults_are_found_when_no_correction_is_made(real):
    """Chongqing, Yinchuan and Chengdu jump; Mudanjiang and Jiamusi change their structure."""
    seen, study = real["observations"], real["study"]
    seen = seen[seen["city_code"].isin(["500000", "640100", "510100", "231000", "230800"])]
    again = reconcile(candidates(seen, real["releases"], study), study.sources)
    rows = findings(again)
    jumps = rows[rows["rule"].eq("employment_jump")]
    pairs = set(zip(jumps["city_code"], jumps["year"], strict=True))
    assert {("500000", 2012), ("500000", 2016), ("640100", 2014), ("510100", 2014)} <= pairs
    falls = rows[rows["rule"].eq("level_jump") & rows["variable"].eq("gdp_mcny")]
    pairs = set(zip(falls["city_code"], falls["year"], strict=True))
    assert {("231000", 2011), ("230800", 2011)} <= pairs


def test_theil_jumps_that_corrections_leave_in_are_found(real):
    """The sector shares of these years rest on another count of workers, and are kept."""
    rows = findings(real["sources"], real["indices"])
    jumps = rows[rows["variable"].eq("theil")]
    pairs = set(zip(jumps["city_code"], jumps["year"], strict=True))
    wide = {("500000", 2012), ("500000", 2016), ("640100", 2014), ("640100", 2016)}
    assert wide | {("510100", 2013)} <= pairs


def test_a_number_leads_to_its_cell_in_the_genuine_file(real):
    result = trace(
        real["study"],
        "231000",
        2011,
        "ais",
        panel=real["panel"].frame,
        indices=real["indices"],
        sources=real["sources"],
        conflicts=conflicts(real["sources"]),
    )
    text = result.text()
    assert "CRE_Gdpct.xlsx, sheet sheet1, cell M6852" in text
    assert "taken out by a correction" in text
