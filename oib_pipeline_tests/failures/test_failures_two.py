"""Two at once, and a person who looks: the second is told, and both orders end the same."""

from __future__ import annotations

import os
import subprocess
import sys

from in_trouble import good_state, in_words, refreshed, started
from small_project import Project

from oib_pipeline.client.refresh import refresh

HOLD = """
import sys, duckdb
held = duckdb.connect(sys.argv[1], read_only=True)
rows = held.execute("SELECT count(*) FROM est.est_baseline").fetchone()
print(rows[0], flush=True)
sys.stdin.readline()
print(held.execute("SELECT count(*) FROM est.est_baseline").fetchone()[0], flush=True)
"""


def test_the_second_of_two_refreshes_is_told_who_is_at_work(project: Project) -> None:
    project.change_study(title="Another title")
    first = started(project)
    assert first.stdout
    said = first.stdout.readline()
    second = refreshed(project)
    rest, _ = first.communicate()
    assert first.returncode == 0, said + rest
    assert second.returncode == 1
    assert in_words(second.stderr)
    assert f"another refresh is at work (process {first.pid})" in second.stderr
    assert "nothing new" in refreshed(project).stdout
    assert "Another title" in project.report.read_text(encoding="utf-8")


def test_a_run_of_the_ui_waits_for_a_terminal_and_then_finds_nothing_left(project: Project) -> None:
    """What the job of the UI calls, with the patience it has; it ends as the other order does."""
    project.change_study(title="Another title")
    first = started(project)
    assert first.stdout and first.stdout.readline()
    said: list[str] = []
    done = refresh(project.settings, say=said.append, patience=300)
    first.communicate()
    assert first.returncode == 0
    assert said[0] == f"another refresh is at work (process {first.pid}): waiting for it"
    assert done.stale == ()
    state = good_state(project)
    assert "Another title" in project.report.read_text(encoding="utf-8")
    assert refreshed(project).returncode == 0
    assert good_state(project) == state


def holding(path: object) -> subprocess.Popen[str]:
    person = subprocess.Popen(
        [sys.executable, "-c", HOLD, os.fspath(path)],  # type: ignore[call-overload]
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert person.stdout and int(person.stdout.readline()) > 0
    return person


def test_whoever_reads_the_published_warehouse_stops_no_refresh(project: Project) -> None:
    project.change_study(title="Another title")
    person = holding(project.settings.published)
    done = refreshed(project)
    assert done.returncode == 0, done.stderr
    rest, _ = person.communicate("\n")
    assert int(rest) > 0
    assert "nothing new" in refreshed(project).stdout


def test_whoever_holds_the_file_that_is_written_is_waited_for_and_named(project: Project) -> None:
    held = good_state(project)
    project.change_study(title="Another title")
    person = holding(project.settings.warehouse)
    stopped = refreshed(project, ["env", "OIB_PATIENCE=2"])
    assert stopped.returncode == 1
    assert in_words(stopped.stderr), stopped.stderr
    assert f"PID {person.pid}" in stopped.stderr
    assert good_state(project) == held
    person.communicate("\n")
    assert refreshed(project).returncode == 0
    assert "Another title" in project.report.read_text(encoding="utf-8")
