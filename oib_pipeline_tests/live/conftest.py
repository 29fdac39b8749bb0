"""One live system for the tests of this folder, which follow each other as days do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from live_system import Live, start
from small_project import REPOSITORY, write_project

SHOTS = REPOSITORY / "test-output" / "live"


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A project nobody ever refreshed, with one study, and the UI open on it."""
    if shutil.which("make") is None:
        pytest.skip("no make on this machine, so the UI is not started as `make ui` does")
    project = write_project(tmp_path_factory.mktemp("live") / "data")
    (project.data / "studies" / "genuine.yml").unlink()
    system = start(project)
    yield system
    system.kill()


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where screenshots are kept."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    return SHOTS
