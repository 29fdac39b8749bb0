"""A release that was read before and gives other values now is told of, used by a study or not."""

from __future__ import annotations

import openpyxl
import pytest
from small_project import Project

from oib_pipeline.client.status import status

EDITION = 2013


def revise(project: Project) -> tuple[str, str, str]:
    """One figure that no study uses changed by its last digit, and the manifest written anew."""
    chosen = project.warehouse.rows(
        "SELECT file, sheet, cell FROM raw.raw_observations WHERE release = ? AND scope = "
        "'whole_city' AND variable = 'gdp_mcny' ORDER BY city_code LIMIT 1",
        [f"sample-ccsy-{EDITION}"],
    )
    file, sheet, cell = map(str, chosen[0])
    path = project.release(EDITION) / file
    book = openpyxl.load_workbook(path)
    value = book[sheet][cell].value
    book[sheet][cell] = value + 1 if isinstance(value, int | float) else str(int(value) + 1)
    book.save(path)
    project.declare(EDITION)
    return file, sheet, cell


@pytest.fixture
def revised(project: Project) -> tuple[Project, tuple[str, str, str]]:
    place = revise(project)
    project.refresh()
    return project, place


def test_a_revised_value_outside_every_study_is_told_by_refresh_and_status(revised) -> None:
    project, (file, sheet, cell) = revised
    line = next(line for line in project.said if "was read again" in line)
    assert line.startswith(f"sample-ccsy-{EDITION} was read again: 1 value differs")
    assert f"{file} {sheet} {cell}: " in line
    assert any(line in told for told in status(project.settings))


def test_both_values_are_kept_with_the_cell_and_why(revised) -> None:
    project, (file, sheet, cell) = revised
    kept = project.warehouse.read("meta_revisions")
    assert len(kept) == 1
    row = kept.iloc[0]
    assert (row["file"], row["sheet"], row["cell"]) == (file, sheet, cell)
    assert row["now"] == row["was"] + 1
    assert (row["reading"], row["change"]) == (1, "revised")
    assert "files" in row["because"]


def test_a_second_revision_is_kept_beside_the_first(revised) -> None:
    project, _ = revised
    revise(project)
    project.refresh()
    kept = project.warehouse.read("meta_revisions")
    assert list(kept["reading"]) == [1, 2]
    assert kept.loc[1, "was"] == kept.loc[0, "now"]


def test_a_release_read_again_without_a_change_is_not_told(project: Project) -> None:
    project.refresh()
    assert project.warehouse.count("meta_revisions") == 0
    assert not any("was read again" in line for line in status(project.settings))
