"""A refresh in a process of its own, where something is in its way."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from small_project import REPOSITORY, Project, tree

from oib_pipeline.warehouse import Warehouse

REFRESH = (sys.executable, "-m", "oib_pipeline.cli", "refresh")
LIMIT = 300  # seconds


def environment(project: Project) -> dict[str, str]:
    """The variables of a refresh of a project."""
    own = {"OIB_DATA": str(project.data), "DAGSTER_HOME": str(project.data / "dagster")}
    return {name: value for name, value in os.environ.items() if name != "OIB_RAW"} | own


def refreshed(
    project: Project, before: Sequence[str] = (), first: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    """A refresh that has ended, with what it said."""
    return subprocess.run(
        [*before, *REFRESH],
        cwd=REPOSITORY,
        env=environment(project),
        capture_output=True,
        text=True,
        timeout=LIMIT,
        preexec_fn=first,
    )


def started(project: Project, command: Sequence[str] = REFRESH) -> subprocess.Popen[str]:
    """A refresh at work."""
    return subprocess.Popen(
        list(command),
        cwd=REPOSITORY,
        env=environment(project),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def good_state(project: Project) -> dict[str, str]:
    """What people open: the reports file by file, and what the published warehouse holds."""
    with Warehouse(project.settings.published).opened(read_only=True) as held:
        panel = held.execute("SELECT * FROM core.core_study_panel ORDER BY ALL").fetchall()
        base = held.execute("SELECT * FROM est.est_baseline ORDER BY ALL").fetchall()
    return {**tree(project.settings.reports), "panel": repr(panel), "baseline": repr(base)}


def in_words(said: str) -> bool:
    """Whether a person was told: a reason, and no traceback of a program."""
    return "oib: " in said and "Traceback" not in said


def without_rights() -> list[str]:
    """What a command is prefixed with so that root obeys the rights of files as others do."""
    return ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []


def writable(folder: Path, wanted: bool) -> None:
    """Rights to write, given to or taken from all that is below a folder."""
    for path in [folder, *folder.rglob("*")]:
        mode = path.stat().st_mode
        path.chmod(mode | 0o200 if wanted else mode & ~0o222)
