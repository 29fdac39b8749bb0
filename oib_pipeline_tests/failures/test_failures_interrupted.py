"""Ctrl-C in the middle of a refresh: said in words, nothing is wrong, and the next one finishes."""

from __future__ import annotations

import signal

import dagster as dg
import pytest
from in_trouble import LIMIT, good_state, refreshed, started
from small_project import Project

from oib_pipeline.defs.lib.locks import holder


@pytest.mark.parametrize("stage", ["small/core_study_panel", "small/est_baseline"])
def test_an_interrupted_refresh_says_so_and_is_no_failure_of_the_data(
    project: Project, stage: str
) -> None:
    before = good_state(project)
    project.change_study(controls=["ln_gdp_per_capita"])
    work = started(project)
    assert work.stdout
    for line in work.stdout:
        if line.startswith(f"{stage}: "):
            break
    work.send_signal(signal.SIGINT)
    said = work.stdout.read()
    assert work.wait(LIMIT) == 130, said
    assert "oib: interrupted; what was there before stays" in said
    assert "Traceback" not in said
    assert not list((project.settings.quality / "stopped").glob("*.html"))
    reports = {name: mark for name, mark in good_state(project).items() if "/" in name}
    assert reports.items() <= before.items()
    last = refreshed(project)
    assert last.returncode == 0, last.stderr
    assert holder(project.settings.lock) == ""
    with dg.DagsterInstance.from_config(str(project.data / "dagster")) as instance:
        assert all(run.is_finished for run in instance.get_runs())
    assert "nothing new" in refreshed(project).stdout
