"""Killed at any write, the last good state stays readable and the next refresh finishes the work.

Kills inside a transaction of the warehouse are in the warehouse's own tests.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import dagster as dg
from in_trouble import LIMIT, environment, good_state, refreshed
from small_project import REPOSITORY, Project

from oib_pipeline.defs.lib.locks import holder

MANY = 2 * int(os.environ.get("OIB_SOAK") or 1)
RUNNER = str(Path(__file__).with_name("killed.py"))
# in the order in which they are written
PLACES = (
    "/dagster/",
    "/reports/.small.new",
    "/reports/.small.new/report.docx",
    "/reports/.small.old",
    "/warehouse/.oib.duckdb.new",
)


def until_killed(project: Project, moment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, RUNNER, moment],
        cwd=REPOSITORY,
        env=environment(project),
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )


def as_before_or_whole(project: Project, before: dict[str, str], after: dict[str, str]) -> None:
    """Warehouse and report can be opened, and each is of one state, not of two."""
    now = good_state(project)
    for part in ("panel", "baseline"):
        assert now[part] in (before[part], after[part])
    report = {name: mark for name, mark in now.items() if name.startswith("small/")}
    whole = [
        {name: mark for name, mark in one.items() if name.startswith("small/")}
        for one in (before, after)
    ]
    assert report in whole or not report  # the moment between two renames; put back by the next


def test_killed_at_many_writes_it_ends_with_the_same_bytes_as_if_undisturbed(
    project: Project, tmp_path: Path
) -> None:
    before = good_state(project)
    project.change_study(outliers={"method": "winsorise", "lower": 0.1, "upper": 0.9, "by": "year"})
    disturbed = Project(Path(shutil.copytree(project.data, tmp_path / "again" / "data")))
    disturbed.say_where()
    calm = until_killed(project, "0")
    assert calm.returncode == 0, calm.stderr
    writes = int(calm.stdout.rpartition("writes: ")[2])
    after = good_state(project)
    assert after["baseline"] != before["baseline"]
    draw = random.Random(int(os.environ.get("OIB_SEED") or 20140311))
    moments = [str(draw.randrange(1, writes // 2)) for _ in range(MANY)]
    killed = {}
    for moment in (*moments, *PLACES):
        killed[moment] = until_killed(disturbed, moment).returncode
        as_before_or_whole(disturbed, before, after)
    late = [place for place in PLACES if killed[place] != -signal.SIGKILL]
    assert not late, killed
    last = refreshed(disturbed)
    assert last.returncode == 0, last.stderr
    assert good_state(disturbed) == after
    assert holder(disturbed.settings.lock) == ""
    with dg.DagsterInstance.from_config(str(disturbed.data / "dagster")) as instance:
        unfinished = [run for run in instance.get_runs() if not run.is_finished]
    assert not unfinished
    assert "nothing new" in refreshed(disturbed).stdout
