"""Fixtures of several rooms: a small project with a short study, and a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
import pytest
from small_project import Project, environment, times, write_project

from oib_pipeline.client.runs import project_instance

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project refreshed once; tests that change it take a copy."""
    made = write_project(tmp_path_factory.mktemp("refreshed") / "data")
    made.raw_before = times(made.settings.raw)
    with environment(made):
        made.refresh()
    return made


@pytest.fixture
def project(refreshed: Project, tmp_path: Path) -> Iterator[Project]:
    """A copy of the refreshed project, raw folder included."""
    shutil.copytree(refreshed.data, tmp_path / "data")
    copy = Project(tmp_path / "data")
    with environment(copy):
        copy.say_where()
        yield copy


@pytest.fixture
def instance(project: Project) -> Iterator[dg.DagsterInstance]:
    """The Dagster instance of the copied project."""
    with project_instance(project.settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, driven by Playwright; a test that needs it skips where it lacks."""
    from chromium import started

    with started() as opened:
        yield opened
