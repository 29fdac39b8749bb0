"""Declared years that a file lacks, and an edition that does not fit, are reported."""

import pandas as pd
import pytest
from extract_builders import make_release, xlsx
from extract_pages import cnki_gdp, pair_gdp

from oib_pipeline.contract.errors import OibError, SourceError
from oib_pipeline.contract.manifest import Release
from oib_pipeline.extract.inspect import inspect_path
from oib_pipeline.extract.release import extract_release
from oib_pipeline.extract.validate.completeness import missing_years


def problems(series, years, lost, variable="gdp_mcny"):
    release = Release.model_construct(release="one", series=series, data_years=years)
    there = [year for year in range(years[0], years[1] + 1) if year not in lost]
    rows = pd.DataFrame({"year": there, "file": "a.xlsx", "variable": variable})
    return missing_years(release, rows.assign(scope="whole_city"))


def test_a_lost_year_is_named_with_its_file_and_variable():
    (problem,) = problems("csmar", (2000, 2005), {2003, 2004})
    assert (problem.file, problem.found) == ("a.xlsx", "no gdp_mcny (whole_city) in 2003, 2004")
    assert "contract/absent_years.csv" in problem.todo


def test_a_whole_file_and_a_known_gap_are_no_problem():
    assert problems("csmar", (2000, 2005), set()) == []
    assert problems("csmar", (1985, 2005), set(range(1985, 1990))) == []


def edition(tmp_path, registry, name="ccsy-2018", keep=True, first="", **given):
    """The problems of inspecting a folder whose page prints the data year 2017."""
    page = pair_gdp()
    if first:
        page.merges = []
        page.rows.insert(0, [first, *[""] * (len(page.rows[0]) - 1)])
    release = make_release(tmp_path / name, {"a.xlsx": xlsx(page)})
    if not keep:
        (release.folder / "release.yml").unlink()
    found = inspect_path(release.folder, registry, **given)
    return [problem.found for problem in found.problems if problem.found != "no manifest"]


@pytest.mark.parametrize("keep", [True, False])
def test_an_edition_given_that_is_as_declared_changes_nothing(tmp_path, registry, keep):
    assert edition(tmp_path, registry, keep=keep, series="ccsy", edition="2018") == []


@pytest.mark.parametrize("path", ["", "a.xlsx"])
def test_an_edition_given_against_the_manifest_is_a_problem_that_says_both(
    tmp_path, registry, path
):
    release = make_release(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(pair_gdp())})
    found = inspect_path(release.folder / path, registry, series="csmar", edition="2022")
    assert [p.found for p in found.problems] == [
        "--series csmar for a folder of which the manifest says series ccsy",
        "--edition 2022 for a folder of which the manifest says edition 2018",
    ]


def test_an_edition_given_against_the_name_of_the_folder_is_a_problem(tmp_path, registry):
    first, second = edition(tmp_path, registry, keep=False, edition="2022")
    assert first == "--edition 2022 for a folder of which the folder's name says edition 2018"
    assert second == "the data year 2017"


def test_an_edition_given_that_is_no_year_is_refused(tmp_path, registry):
    with pytest.raises(OibError, match="--edition 22: expected a year"):
        edition(tmp_path, registry, keep=False, edition="22")


@pytest.mark.parametrize("years", [(2015, 2015), (2018, 2018)])
def test_data_years_that_an_edition_is_not_of_are_a_problem(tmp_path, registry, years):
    release = make_release(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(cnki_gdp())}, years=years)
    with pytest.raises(SourceError, match=f"data year {years[1]} in the 2018 edition; expected"):
        extract_release(release, registry)


def test_the_yearbook_that_a_page_names_is_held_against_the_edition(tmp_path, registry):
    assert edition(tmp_path, registry, "ccsy-2018", first="中国城市统计年鉴-2018") == []
    (found,) = edition(tmp_path / "b", registry, "ccsy-2018", first="中国城市统计年鉴-2021")
    assert found == "the yearbook of 2021 in '中国城市统计年鉴-2021'"
