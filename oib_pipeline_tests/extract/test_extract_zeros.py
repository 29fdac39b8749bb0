"""A zero printed for a missing value is told with its cells and the row that voids it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from extract_builders import extract, make_release, xlsx
from extract_pages import cnki_gdp
from test_extract_layouts import follow

from oib_pipeline.contract.errors import Problem, SourceError
from oib_pipeline.contract.variables import variables
from oib_pipeline.extract.layouts.layout import FOLDER
from oib_pipeline.extract.release import extract_release


def page(zero: str, rows: slice):
    one = cnki_gdp()
    for row in [row for row in one.rows[3:] if row[2]][rows]:
        row[2] = zero
    return xlsx(one)


@pytest.mark.parametrize("zero", ["0", "0.00"])
def test_zeros_are_told_with_their_cells_and_go_after_the_row_advised(zero, tmp_path, registry):
    release = make_release(tmp_path / "ccsy-2018", {"a.xlsx": page(zero, slice(2, 4))})
    read = extract_release(release, registry)
    told = read.findings[read.findings["found"].str.contains("a zero in 2 of 20 cells")]
    assert list(told["severity"]) == ["warning"]
    one = told.iloc[0]
    assert one["cell"] in one["found"]
    layouts = Path(shutil.copytree(FOLDER, tmp_path / "layouts"))
    problem = Problem(found="", expected="", todo=one["todo"])
    assert follow("zeros", [problem], layouts) == 1
    seen = extract_release(release, registry, layouts).observations
    assert (seen["value"] > 0).all()
    assert (seen["variable"] == "gdp_mcny").sum() == 18


def test_a_column_of_zeros_is_refused_and_loads_after_the_row_advised(tmp_path, registry):
    release = make_release(tmp_path / "ccsy-2018", {"a.xlsx": page("0.0", slice(2, None))})
    with pytest.raises(SourceError, match="a median of 0") as error:
        extract_release(release, registry)
    layouts = Path(shutil.copytree(FOLDER, tmp_path / "layouts"))
    assert follow("zeros", error.value.problems, layouts) == 1
    seen = extract_release(release, registry, layouts).observations
    assert (seen["variable"] == "gdp_mcny").sum() == 2


def test_a_page_without_zeros_tells_of_none(tmp_path, registry):
    read = extract(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(cnki_gdp())}, registry)
    assert not read.findings["found"].str.contains("a zero").any()


@pytest.mark.parametrize(
    "name", ["gdp_mcny", "gdp_per_capita_cny", "population_resident_k", "population_registered_k",
             "employment_k", "secondary_va_mcny", "tertiary_va_mcny"]
)  # fmt: skip
def test_no_city_has_none_of_it(name):
    assert variables()[name].min > 0
