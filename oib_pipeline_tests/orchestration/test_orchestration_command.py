"""The command as a person meets it: one line of reason, no traceback, a status that counts."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from small_project import EDITIONS, Project

from oib_pipeline.cli import main
from oib_pipeline.client.status import status
from oib_pipeline.versions.plan import NOTE, PAGES


def test_a_study_that_is_not_there_is_named_with_those_that_are(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["refresh", "--study", "smal"]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("oib: no study 'smal'")
    assert "genuine, small" in said.err
    assert "Traceback" not in said.err


def test_a_raw_folder_that_is_not_there_is_named(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["refresh", "--raw", "/nowhere"]) == 1
    assert "/nowhere is no folder" in capsys.readouterr().err


def test_a_refresh_ends_with_the_headline_and_the_report(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["refresh"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "nothing new: small up to date" in lines
    assert lines[-1] == f"report: {project.report}"


def test_status_tells_what_is_to_be_made_and_changes_nothing(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.add_release(2017)
    assert main(["status"]) == 0
    said = capsys.readouterr().out
    assert "sample-ccsy-2017: not read yet" in said
    assert "sample-ccsy-2016: read" in said
    assert "small: to be made: core_study_panel" in said
    assert "genuine: " in said
    assert project.warehouse.count("raw_releases") == 4


def test_status_tells_of_city_pages_that_wait_and_sorts_what_other_folders_gave(
    project: Project, tmp_path: Path
) -> None:
    note = project.report.parent / PAGES / NOTE
    note.write_text("110000\n320300\n", encoding="utf-8")
    lines = [line.strip() for line in status(project.settings)]
    told = "2 city pages wait to be made anew: `oib refresh` makes them"
    assert lines[lines.index("small: up to date") + 1] == told
    (tmp_path / "elsewhere").mkdir()
    lines = status(replace(project.settings, raw=tmp_path / "elsewhere"))
    held = [line.split(":")[0].strip() for line in lines if "read (from " in line]
    assert held == [f"sample-ccsy-{edition}" for edition in EDITIONS]


def unread(*arguments: str, lines: int) -> subprocess.CompletedProcess[str]:
    """A command of which `head` reads some lines."""
    program = [sys.executable, "-m", "oib_pipeline.cli", *arguments]
    with subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as command:
        assert command.stdout and command.stderr
        for _ in range(lines):
            command.stdout.readline()
        command.stdout.close()
        errors = command.stderr.read()
    return subprocess.CompletedProcess(program, command.returncode, "", errors)


@pytest.mark.parametrize("arguments", [("status",), ("refresh",)])
def test_a_reader_that_goes_away_ends_it_quietly(
    project: Project, arguments: tuple[str, ...]
) -> None:
    done = unread(*arguments, lines=0)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_refresh_nobody_follows_any_more_is_interrupted_and_no_study_stopped(
    project: Project,
) -> None:
    project.change_study(controls=[])
    done = unread("refresh", lines=1)
    assert (done.returncode, done.stderr) == (141, "")
    assert not (project.settings.quality / "stopped").exists()
    project.refresh()
    project.refresh()
    assert project.said[-1] == "nothing new: small up to date"


def test_a_number_is_traced_to_its_cell(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["trace", "--study", "small", "--city", "320300", "--year", "2014"]) == 0
    said = capsys.readouterr().out
    assert "ais of Xuzhou (320300) in 2014" in said
    assert "* sample-ccsy-2015: " in said
    assert ".xlsx, sheet " in said


def test_a_manifest_is_drafted_to_complete(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "ccsy-2031"
    folder.mkdir()
    (folder / "page.csv").write_text("a,b\n", encoding="utf-8")
    assert main(["draft-manifest", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "release: ccsy-2031" in said
    assert "page.csv: " in said
