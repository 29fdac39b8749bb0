"""A study whose checks fail has a page that says so; the last good report stays beside it."""

from __future__ import annotations

import re
import shutil

import pytest
from small_project import STUDY, Project, write_yaml

from oib_pipeline.client.status import status
from oib_pipeline.contract.errors import OibError
from oib_pipeline.warehouse import Warehouse


def test_a_failed_check_is_told_on_a_page_beside_the_last_report(project: Project) -> None:
    before = project.report.read_bytes()
    project.ask_for_cities_without_data()
    with pytest.raises(OibError, match="years_complete"):
        project.refresh()
    page = project.settings.quality / "stopped" / "small.html"
    told = page.read_text(encoding="utf-8")
    assert "years_complete" in told
    assert str(project.report) in told
    assert any(str(page) in line for line in project.said)
    assert project.report.read_bytes() == before
    assert f"    see {page}" in [line.removeprefix("  ") for line in status(project.settings)]


def test_a_study_that_never_had_a_report_gets_the_page_in_its_place(project: Project) -> None:
    shutil.rmtree(project.settings.reports)
    project.ask_for_cities_without_data()
    with pytest.raises(OibError, match="years_complete"):
        project.refresh()
    told = project.report.read_text(encoding="utf-8")
    assert "Stopped before its report could be made" in told
    assert "years_complete" in told
    lines = [line.strip() for line in status(project.settings)]
    reason = next(line for line in lines if line.startswith("the last try was stopped: "))
    assert lines[lines.index(reason) + 1] == f"see {project.report}"
    assert "<" not in reason
    project.change_study()
    project.refresh()
    assert not any("was stopped" in line for line in status(project.settings))
    assert "Stopped before" not in project.report.read_text(encoding="utf-8")


def test_a_staggered_policy_stops_its_study_by_name_and_no_other(project: Project) -> None:
    staggered = {"policy": "demonstration_areas", "years": [2012, 2015]}
    write_yaml(project.data / "studies" / "second.yml", {**STUDY, "name": "second", **staggered})
    project.add_release(2017)
    project.change_study(years=[2012, 2016])
    with pytest.raises(OibError) as caught:
        project.refresh()
    said = str(caught.value)
    assert "study 'second': the policy 'demonstration_areas' starts in 2 different years" in said
    assert re.search(r"2017 \(\d+ cities\), 2019 \(\d+ cities\)", said)
    assert "policies.csv" in said and said.endswith("everything else is up to date")
    assert "2016" in project.report.read_text(encoding="utf-8")
    assert Warehouse(project.settings.published).count("core_study_panel", {"year": 2016}) == 120
    assert project.warehouse.count("core_study_panel", {"study": "second"}) == 0
    page = project.settings.reports / "second" / "index.html"
    assert "starts in 2 different years" in page.read_text(encoding="utf-8")
    lines = status(project.settings)
    at = next(i for i, line in enumerate(lines) if line.startswith("  second: does not fit"))
    assert "2 different years" in lines[at] and str(page) in lines[at + 1]
    assert "  small: up to date" in lines
    with pytest.raises(OibError, match=r"\Astudy 'second': the policy"):
        project.refresh("second")


def test_a_study_that_fits_no_more_keeps_its_report_until_it_fits_again(project: Project) -> None:
    before = project.report.read_bytes()
    policies = project.data / "registry" / "policies.csv"
    text = policies.read_text(encoding="utf-8")
    policies.write_text(text.replace("relocation_2014,110000,2014", "relocation_2014,110000,2015"))
    with pytest.raises(OibError, match=r"2014 \(20 cities\), 2015 \(1 city\)"):
        project.refresh()
    page = project.settings.quality / "stopped" / "small.html"
    assert str(project.report) in page.read_text(encoding="utf-8")
    assert project.report.read_bytes() == before
    policies.write_text(text, encoding="utf-8")
    project.refresh()
    assert not page.exists()
    assert any(line.startswith("  small: up to date") for line in status(project.settings))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"sample": "no_such"}, "study 'small': no sample 'no_such'"),
        ({"policy": "no_such"}, "study 'small': no policy 'no_such'"),
        ({"years": [2013, 2014], "policy": "demonstration_2017"}, "starts in 2017, .* hold none"),
    ],
)
def test_a_study_that_contradicts_the_registry_is_told_before_anything_is_made(
    project: Project, fields: dict[str, object], said: str
) -> None:
    policies = project.data / "registry" / "policies.csv"
    row = "demonstration_2017,320300,2017,demonstration_2017,test"
    policies.write_text(f"{policies.read_text(encoding='utf-8').rstrip()}\n{row}\n")
    project.change_study(**fields)
    with pytest.raises(OibError, match=said):
        project.refresh()
    assert not any("core_" in line for line in project.said)


def test_years_past_the_data_stop_their_study_by_name_and_no_shared_table(
    project: Project,
) -> None:
    project.add_release(2017)
    late = {**STUDY, "name": "late", "years": [2012, 2018]}
    write_yaml(project.data / "studies" / "late.yml", late)
    with pytest.raises(OibError) as caught:
        project.refresh()
    said = str(caught.value)
    assert "study 'late': no release of its sources (ccsy (synthetic)) holds 2017-2018" in said
    assert "For those they hold 2012-2016" in said
    assert "optional_controls" not in said
    page = project.settings.reports / "late" / "index.html"
    assert "holds 2017-2018" in page.read_text(encoding="utf-8")
    assert project.warehouse.count("core_indices", {"year": 2016}) > 0
