"""A full disk and a folder that may not be written: said in words, and nothing is lost."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from in_trouble import good_state, in_words, refreshed, without_rights, writable
from small_project import Project

TIGHT = (20_000, 300_000, 2_000_000)  # bytes left: for the run's own log, some stages, a report


@pytest.fixture
def small_disk(project: Project, tmp_path: Path) -> Iterator[Project]:
    """The project on a disk of its own, which a test can fill."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no right to mount a small disk here, so a full one is not tried")
    try:
        shutil.copytree(project.data, disk / "data")
        moved = Project(disk / "data")
        moved.say_where()
        yield moved
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_said_in_words_and_the_next_refresh_finishes(small_disk: Project) -> None:
    held = good_state(small_disk)
    small_disk.change_study(title="Another title")
    filler = small_disk.data.parent / "filler"
    for left in TIGHT:
        filler.unlink(missing_ok=True)
        filler.write_bytes(bytes(max(0, shutil.disk_usage(filler.parent).free - left)))
        stopped = refreshed(small_disk)
        assert stopped.returncode == 1
        assert in_words(stopped.stderr), stopped.stderr
        assert "full" in stopped.stderr
        assert good_state(small_disk) == held
    filler.unlink()
    done = refreshed(small_disk)
    assert done.returncode == 0, done.stderr
    assert "Another title" in small_disk.report.read_text(encoding="utf-8")
    assert "nothing new" in refreshed(small_disk).stdout


def test_a_file_that_may_not_grow_is_said_in_words(project: Project) -> None:
    """What a quota does; it needs no rights, so that a full disk is tried everywhere."""
    held = good_state(project)
    project.change_study(title="Another title")

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))

    stopped = refreshed(project, first=limited)
    assert stopped.returncode == 1
    assert in_words(stopped.stderr), stopped.stderr
    assert good_state(project) == held
    assert refreshed(project).returncode == 0


@pytest.mark.parametrize("folder", [".", "dagster", "reports", "warehouse/build"])
def test_a_folder_that_may_not_be_written_is_named(project: Project, folder: str) -> None:
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("root may write everywhere, and there is no setpriv to give that up")
    held = good_state(project)
    project.change_study(title="Another title")
    shut = project.data / folder
    writable(shut, False)
    try:
        stopped = refreshed(project, without_rights())
    finally:
        writable(shut, True)
    assert stopped.returncode == 1
    assert in_words(stopped.stderr), stopped.stderr
    assert "written" in stopped.stderr
    assert good_state(project) == held
