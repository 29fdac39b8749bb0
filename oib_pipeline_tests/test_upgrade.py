"""A data folder that an earlier version left is taken up where it stands.

What ``fixtures/version_*`` hold was written by the code of that version: releases, warehouse,
report, and Dagster's home, whose ``dagster.yaml`` names modules as they were called then.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg
import duckdb
import pytest
from small_project import REPOSITORY, Project

from oib_pipeline.cli import main
from oib_pipeline.client.runs import project_instance

STATES = sorted((REPOSITORY / "oib_pipeline_tests" / "fixtures").glob("version_*/state.tar.xz"))
ESTIMATES = """SELECT model, outcome, term, estimate, se, n_obs, n_clusters FROM est.est_vintages
WHERE study = 'small' AND vintage = 1 AND result = 'baseline' ORDER BY ALL"""
OPEN = "from dagster import DagsterInstance as I; print(*(r.run_id for r in I.get().get_runs()))"


@dataclass
class Upgraded:
    """A project of an earlier version, what it held, and what the present code did with it."""

    project: Project
    configured: bytes  # dagster.yaml as the earlier version wrote it
    runs: set[str]
    estimates: list[tuple]
    told: list[str]  # by `oib status`, before anything was refreshed
    told_exit: int
    ready: tuple[str, ...]


@pytest.fixture(scope="module", params=STATES, ids=lambda state: state.parent.name)
def upgraded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Upgraded]:
    folder = tmp_path_factory.mktemp(request.param.parent.name)
    with tarfile.open(request.param) as archive:
        archive.extractall(folder, filter="data")
    project = Project(folder / "data")
    home = project.data / "dagster"
    estimates = as_it_stood(project)
    configured = (home / "dagster.yaml").read_bytes()
    runs = {path.stem for path in (home / "history" / "runs").glob("*-*.db")}
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("OIB_RAW", raising=False)
        patch.setenv("OIB_DATA", str(project.data))
        patch.setenv("DAGSTER_HOME", str(home))
        told = subprocess.run(
            [sys.executable, "-m", "oib_pipeline.cli", "status"],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        lines = (told.stdout + told.stderr).splitlines()
        ready = project.refresh().ready
        yield Upgraded(project, configured, runs, estimates, lines, told.returncode, ready)


def as_it_stood(project: Project) -> list[tuple]:
    """Estimates of the warehouse, which now says that its releases lie where they were unpacked.

    Without the code of the project, which may no longer know the tables of an earlier version.
    The published copy is not in the archive: it equals the warehouse that was built.
    """
    with duckdb.connect(str(project.settings.warehouse)) as connection:
        connection.execute("UPDATE raw.raw_releases SET raw_dir = ?", [str(project.settings.raw)])
        estimates = connection.execute(ESTIMATES).fetchall()
    shutil.copy2(project.settings.warehouse, project.settings.published)
    project.settings.published.chmod(0o444)
    return estimates


def test_status_tells_of_the_releases_and_studies_it_finds(upgraded: Upgraded) -> None:
    told = "\n".join(upgraded.told)
    assert upgraded.told_exit == 0, told
    for release in sorted(path.name for path in upgraded.project.settings.raw.iterdir()):
        assert f"{release}: read" in told
    assert "small: up to date" in told or "small: to be made" in told
    assert "vintage 1, made" in told


def test_a_refresh_brings_everything_up_to_date(
    upgraded: Upgraded, capsys: pytest.CaptureFixture[str]
) -> None:
    assert upgraded.ready == ("small",)
    assert main(["status"]) == 0
    assert "small: up to date" in capsys.readouterr().out
    assert main(["refresh"]) == 0
    assert "nothing new: small up to date" in capsys.readouterr().out


def test_the_first_vintage_stays_as_it_was_kept(upgraded: Upgraded) -> None:
    with duckdb.connect(str(upgraded.project.settings.published), read_only=True) as connection:
        assert connection.execute(ESTIMATES).fetchall() == upgraded.estimates
    assert upgraded.estimates


def test_the_report_is_there(upgraded: Upgraded) -> None:
    page = upgraded.project.report.read_text(encoding="utf-8")
    assert "A short study of the sample" in page
    assert upgraded.project.report.with_name("report.pdf").is_file()


def test_runs_of_before_stay_readable_and_every_run_is_green(upgraded: Upgraded) -> None:
    with project_instance(upgraded.project.settings) as instance:
        runs = {run.run_id: run for run in instance.get_runs()}
        assert upgraded.runs < {*runs}, "the runs of before, and those of the refresh"
        assert {run.status for run in runs.values()} == {dg.DagsterRunStatus.SUCCESS}
        written = {
            entry.asset_materialization.asset_key.path[-1]
            for run in upgraded.runs
            for entry in instance.all_logs(run, dg.DagsterEventType.ASSET_MATERIALIZATION)
        }
        assert {"raw_observations", "core_indices", "est_baseline", "out_report"} <= written


def test_dagsters_settings_of_before_still_open_the_history(upgraded: Upgraded) -> None:
    """As the UI and the daemon open it: by what dagster.yaml says, without `oib`.

    Modules may have other names by now. Then the old names still lead to them, or the file was
    written anew and what somebody may have changed in the old one is kept beside it.
    """
    home = upgraded.project.data / "dagster"
    kept = [path for path in home.glob("dagster*") if path.read_bytes() == upgraded.configured]
    assert kept, "dagster.yaml was written anew, and no copy of the old one is beside it"
    opened = subprocess.run(
        [sys.executable, "-c", OPEN],
        cwd=REPOSITORY,
        env=os.environ | {"DAGSTER_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert opened.returncode == 0, opened.stderr
    assert upgraded.runs < {*opened.stdout.split()}
