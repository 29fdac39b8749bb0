"""Inspection shows what a release would give and what is in its way, and writes nothing."""

from __future__ import annotations

import pytest
from extract_builders import extract, make_release, xlsx
from extract_pages import cnki_gdp, pair_gdp, pair_population

from oib_pipeline.contract.errors import SourceError
from oib_pipeline.extract.inspect import inspect_path


def listing(folder):
    return sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*"))


def test_a_sound_release_would_load_and_nothing_is_written(tmp_path, registry):
    release = make_release(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(pair_gdp())})
    before = listing(tmp_path)
    found = inspect_path(release.folder, registry)
    assert found.loads
    assert listing(tmp_path) == before
    text = found.text()
    assert "2-7 地区生产总值" in text
    assert "data year 2017" in text
    assert "地区生产总值(当年价格) -> gdp_mcny, districts, 亿元" in text
    assert "地区生产总值增长率 -> not wanted" in text
    assert "20 cities" in text
    assert text.endswith("would load: 80 values")


def test_unknown_headers_names_and_values_are_shown_with_their_cells(tmp_path, registry):
    page = cnki_gdp()
    page.rows[2][2] = "地区生产值(万元)"
    page.rows[4][0] = "  石冢庄市"
    page.rows[5][0] = "  石家庄帀"
    page.rows[7][3] = "4O123"
    release = make_release(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(page)})
    found = inspect_path(release.folder, registry)
    text = found.text()
    assert not found.loads
    assert "UNKNOWN" in text
    assert "unknown names: 石冢庄市, 石家庄帀" in text
    assert "nearest: 地区生产总值" in text
    cells = {problem.cell for problem in found.problems}
    assert {"C3", "A5", "A6", "D8"} <= cells
    assert "would NOT load" in text


def test_one_file_can_be_inspected_alone(tmp_path, registry):
    files = {"a.xlsx": xlsx(cnki_gdp()), "b.xlsx": b"broken"}
    release = make_release(tmp_path / "ccsy-2018", files)
    found = inspect_path(release.folder / "a.xlsx", registry)
    assert found.loads
    assert found.n_observations == 40
    assert not inspect_path(release.folder, registry).loads


def test_a_folder_without_a_manifest_is_read_and_a_manifest_drafted(tmp_path, registry):
    release = make_release(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(pair_gdp())})
    (release.folder / "release.yml").unlink()
    found = inspect_path(release.folder, registry)
    assert [problem.found for problem in found.problems] == ["no manifest"]
    assert found.n_observations == 80
    assert "series: ccsy" in found.draft
    assert found.draft.rstrip() in found.text()
    assert inspect_path(release.folder / "a.xlsx", registry).loads


def test_a_folder_of_no_known_series_says_which_are(tmp_path, registry):
    (tmp_path / "misc").mkdir()
    (tmp_path / "misc" / "a.xlsx").write_bytes(xlsx(pair_gdp()))
    with pytest.raises(SourceError, match="ccsy, csmar"):
        inspect_path(tmp_path / "misc", registry)


def test_what_changed_since_the_previous_edition(tmp_path, registry):
    make_release(
        tmp_path / "ccsy-2017",
        {"a.xlsx": xlsx(cnki_gdp()), "b.xlsx": xlsx(pair_population())},
        edition=2017,
        years=(2016, 2016),
    )
    page = pair_gdp()
    gone = page.find("徐州")[0]
    del page.rows[gone]
    release = make_release(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(page)})
    found = inspect_path(release.folder, registry)
    assert found.previous == "ccsy-2017"
    assert "unit of gdp_mcny (districts): 万元 -> 亿元" in found.differences
    assert "table gone: 人口数" in found.differences
    assert "variable new: gdp_mcny (whole_city), in 亿元" in found.differences
    assert "cities no longer there (1): 320300" in found.differences
    assert not any("magnitude" in line for line in found.differences)


def test_what_inspection_counts_is_what_extraction_gives(tmp_path, registry):
    files = {"a.xlsx": xlsx(pair_gdp()), "b.xlsx": xlsx(pair_population())}
    folder = tmp_path / "ccsy-2018"
    extraction = extract(folder, files, registry)
    assert inspect_path(folder, registry).n_observations == len(extraction.observations)


def test_a_table_shows_its_odd_values_and_what_is_near_its_unknown_headers(tmp_path, registry):
    page = cnki_gdp()
    page.rows[2][3] = "人均生产总值(元)"
    page.rows[7][2] = "4O123"
    release = make_release(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(page)})
    text = inspect_path(release.folder, registry).text()
    assert "人均生产总值 -> UNKNOWN (nearest: 人均地区生产总值" in text
    assert "no numbers: C8 '4O123'" in text


def test_the_draft_takes_the_series_and_edition_that_are_given(tmp_path, registry):
    (tmp_path / "x.xlsx").write_bytes(xlsx(pair_gdp()))
    found = inspect_path(tmp_path / "x.xlsx", registry, series="ccsy", edition="2018")
    assert "series: ccsy" in found.draft and "edition: 2018" in found.draft
