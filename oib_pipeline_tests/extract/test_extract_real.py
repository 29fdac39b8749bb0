"""The genuine releases load, and give what stands on their pages (values read there by hand)."""

from __future__ import annotations

import pandas as pd
import pytest
from extract_builders import MANIFESTS

from oib_pipeline.contract.manifest import find_releases, manifest_of, read_release
from oib_pipeline.extract.inspect import inspect_path
from oib_pipeline.extract.release import Extraction, extract_release

RELEASES = [
    "ccsy-2018",
    "ccsy-2021",
    "ccsy-2024",
    "compiled-2013",
    "compiled-2024",
    "csmar-2024",
]

# release, city, year, scope, variable, text as printed, unit, cell
PRINTED = [
    ("ccsy-2018", "110000", 2017, "districts", "gdp_mcny", "280149400", "万元", "C4"),
    ("ccsy-2018", "650500", 2017, "districts", "gdp_mcny", "3591681", "万元", "C352"),
    ("ccsy-2018", "650500", 2017, "districts", "gdp_per_capita_cny", "73077", "元", "D352"),
    ("ccsy-2018", "130100", 2017, "districts", "primary_share_pct", "2.17", "%", "C9"),
    ("ccsy-2018", "650400", 2017, "districts", "tertiary_share_pct", "51.84", "%", "E365"),
    ("ccsy-2018", "130700", 2017, "whole_city", "population_registered_k", "465", "万人", "C14"),
    ("ccsy-2018", "130700", 2017, "districts", "population_average_k", "157", "万人", "F14"),
    ("ccsy-2021", "110000", 2020, "whole_city", "population_resident_k", "2189", "万人", "C6"),
    ("ccsy-2021", "640500", 2020, "districts", "gdp_mcny", "195", "亿元", "D325"),
    ("ccsy-2021", "650500", 2020, "whole_city", "secondary_share_pct", "58.06", "%", "E330"),
    ("ccsy-2021", "650200", 2020, "whole_city", "employment_k", "149822", "人", "C328"),
    ("ccsy-2024", "130100", 2023, "whole_city", "gdp_mcny", "7534", "亿元", "C11"),
    ("ccsy-2024", "130100", 2023, "districts", "gdp_mcny", "4710", "亿元", "D11"),
    ("ccsy-2024", "130300", 2023, "districts", "tertiary_share_pct", "61.24", "%", "H14"),
    ("ccsy-2024", "650200", 2023, "districts", "population_resident_k", "49", "万人", "D330"),
    ("ccsy-2024", "110000", 2023, "districts", "road_area_km2", "17037", "万平方米", "C9"),
    ("csmar-2024", "220200", 1990, "whole_city", "gdp_mcny", "364.26", "亿元", "G7"),
    ("csmar-2024", "331100", 2023, "whole_city", "tertiary_va_mcny", "11090000", "万元", "O10569"),
    ("csmar-2024", "120000", 1979, "whole_city", "employment_k", "230.24", "万人", "H7"),
    ("csmar-2024", "650500", 2022, "districts", "construction_land_km2", "52.24", "平方公里",
     "M6000"),
    ("compiled-2024", "110000", 2000, "whole_city", "ais_as_printed", "2.63939213752747", "无",
     "N2"),
    ("compiled-2024", "110000", 2003, "whole_city", "secondary_va_mcny", "1456.40002441406",
     "亿元人民币", "H5"),
    ("compiled-2024", "130100", 2023, "whole_city", "gdp_mcny", "7534.2", "亿元人民币", None),
    ("compiled-2024", "110000", 1998, "whole_city", "area_km2", "16808", "平方公里", "F2"),
    ("compiled-2024", "110000", 2003, "whole_city", "population_resident_k", "1456.4", "万人",
     "G7"),
    ("compiled-2024", "110000", 2006, "districts", "road_area_per_capita_m2", "7.4", "平方米",
     "F6"),
    ("compiled-2013", "110000", 2003, "districts", "construction_land_km2", "1239.0", "平方公里",
     "R8"),
    ("compiled-2013", "110000", 2003, "whole_city", "industrial_enterprises_n", "4019.0", "个",
     "T8"),
    ("compiled-2013", "650200", 2013, "whole_city", "secondary_employment_pct", "72.18", "%",
     "G4863"),
]  # fmt: skip


@pytest.fixture(scope="module")
def extracted(real, registry) -> dict[str, Extraction]:
    return {
        name: extract_release(read_release(real / name, MANIFESTS / f"{name}.yml"), registry)
        for name in RELEASES
    }


def test_every_genuine_folder_is_found_with_its_manifest(real):
    found = find_releases(real, MANIFESTS)
    assert [f.release for f in found] == RELEASES
    assert all(manifest_of(f.folder, MANIFESTS) == f.manifest for f in found)


@pytest.mark.parametrize(("release", "city", "year", "scope", "variable", "text", "unit", "cell"),
                         PRINTED)  # fmt: skip
def test_values_read_by_hand(extracted, release, city, year, scope, variable, text, unit, cell):
    table = extracted[release].observations
    row = table[
        (table["city_code"] == city)
        & (table["year"] == year)
        & (table["scope"] == scope)
        & (table["variable"] == variable)
    ]
    assert len(row) == 1
    assert row["text"].iloc[0] == text
    assert row["unit"].iloc[0] == unit
    assert row["value"].iloc[0] == float(text)
    assert cell is None or row["cell"].iloc[0] == cell


def test_cells_and_keys_are_unique(extracted):
    for extraction in extracted.values():
        table = extraction.observations
        assert not table.duplicated(["file", "sheet", "cell"]).any()
        assert not table.duplicated(["city_code", "year", "scope", "variable"]).any()
        assert table.notna().all(axis=None)


def test_blank_means_no_observation(extracted):
    table = extracted["ccsy-2018"].observations
    without = ["441900", "442000", "460300", "460400", "620200"]
    cities = table[table["city_code"].isin(without) & table["variable"].eq("gdp_mcny")]
    assert cities.empty
    urumqi = extracted["ccsy-2021"].observations.query("city_code == '650100' and year == 2020")
    population = urumqi[urumqi["variable"] == "population_resident_k"]
    assert list(population["scope"]) == ["whole_city"]


def test_tables_no_variable_wants_are_skipped_by_name(extracted):
    counts = {name: len(e.skipped) for name, e in extracted.items()}
    skipped = extracted["ccsy-2024"].skipped
    assert counts["ccsy-2024"] == 26
    assert "2-13规模以上工业营业收入及增速" in set(skipped["title"])
    assert skipped["reason"].str.len().gt(0).all()
    county = extracted["ccsy-2021"].skipped
    assert set(county["title"]) == {
        "中国2020年县级市数据 3-1 人口状况(人)",
        "中国2020年县级市数据 3-3 地区生产总值 (万元)",
    }
    repeated = extracted["compiled-2024"].skipped
    assert repeated["reason"].str.contains("same values").sum() == 1


def test_raw_columns_are_taken_and_interpolated_ones_left(extracted):
    headers = set(extracted["compiled-2024"].observations["header"])
    assert "常住人口（万人）" in headers
    assert not any("插值" in header for header in headers)


def test_known_odd_values_are_findings_with_their_cells(extracted):
    found = extracted["ccsy-2021"].findings
    assert set(found["cell"]) >= {"D35", "H97"}
    assert "D280" in set(extracted["ccsy-2018"].findings["cell"])
    assert "F187" in set(extracted["ccsy-2024"].findings["cell"])


def test_what_the_readme_says_the_sources_can_rebuild(extracted, registry):
    cities = registry.sample("old_industrial_120")
    tables = [e.observations.astype({"variable": str, "city_code": str, "scope": str})
              for e in extracted.values()]  # fmt: skip
    table = pd.concat(tables)
    table = table[table["city_code"].isin(cities) & table["year"].between(2010, 2018)]

    def covered(scope, *variables):
        keys = None
        for variable in variables:
            rows = table[(table["variable"] == variable) & (table["scope"] == scope)]
            own = set(zip(rows["city_code"], rows["year"], strict=True))
            keys = own if keys is None else keys & own
        return len(keys or ())

    sectors = ("primary", "secondary", "tertiary")
    assert covered("whole_city", *(f"{s}_va_mcny" for s in sectors)) == 1080
    assert covered("whole_city", *(f"{s}_employment_pct" for s in sectors)) >= 1060
    assert covered("whole_city", "area_km2") == 1080
    assert covered("whole_city", "population_resident_k") / 1080 == pytest.approx(0.949, abs=0.01)
    land = table[(table["variable"] == "construction_land_km2") & (table["scope"] == "districts")]
    assert land["city_code"].nunique() >= 116
    enterprises = table[table["variable"] == "industrial_enterprises_n"]
    assert enterprises["year"].max() <= 2013


def test_inspection_says_they_would_load(real, registry):
    found = inspect_path(real / "ccsy-2021", registry, MANIFESTS)
    assert found.loads
    assert found.previous == "ccsy-2018"
    assert "unit of gdp_mcny (districts): 万元 -> 亿元" in found.differences
