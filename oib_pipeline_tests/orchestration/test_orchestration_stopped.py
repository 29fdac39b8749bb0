"""A study whose checks fail has a page that says so; the last good report stays beside it."""

from __future__ import annotations

import shutil

import pytest
from small_project import Project

from oib_pipeline.contract.errors import OibError
from oib_pipeline.orchestration.refresh.status import status


def test_a_failed_check_is_told_on_a_page_beside_the_last_report(project: Project) -> None:
    before = project.report.read_bytes()
    project.change_study(years=[2012, 2017], controls=[])
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
    project.change_study(years=[2012, 2017], controls=[])
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
