"""The main job on a small project: made, skipped, refused, cut short, taken up again."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import dagster as dg
import openpyxl
import pytest
from small_project import REPOSITORY, Project, times, tree

from oib_pipeline.client.refresh import refresh
from oib_pipeline.client.status import headline, status
from oib_pipeline.contract.errors import OibError
from oib_pipeline.settings import Settings
from oib_pipeline.warehouse import Warehouse


def runs(instance: dg.DagsterInstance) -> list[dg.DagsterRun]:
    return list(instance.get_runs())


def test_a_refresh_makes_warehouse_copy_and_report(refreshed: Project) -> None:
    assert refreshed.report.is_file()
    assert refreshed.settings.published.read_bytes() == refreshed.settings.warehouse.read_bytes()
    assert refreshed.warehouse.count("core_study_panel", {"study": "small"}) == 120 * 4
    assert not list(refreshed.settings.reports.glob(".*"))


def test_progress_is_one_line_a_stage_and_tells_last_which_study_waits(refreshed: Project) -> None:
    *stages, last = refreshed.said
    assert last.startswith("study genuine waits for data of its own:")
    assert [line.split(":")[0] for line in stages] == [
        "raw_observations",
        "core_sources",
        "core_city_year",
        "core_indices",
        "small/core_study_panel",
        "small/est_baseline",
        "small/est_descriptive",
        "small/est_vintages",
        "small/out_report",
    ]


def test_the_headline_says_synthetic_and_where_the_report_is(refreshed: Project) -> None:
    text = headline(refreshed.settings, ["small"])
    assert "SYNTHETIC" in text
    assert text.count("ais") == text.count("theil") == 2
    assert text.endswith(f"report: {refreshed.report}")


def test_nothing_new_is_said_and_no_run_started(
    project: Project, instance: dg.DagsterInstance
) -> None:
    before, held = len(runs(instance)), tree(project.settings.reports)
    done = project.refresh()
    assert project.said[-1] == "nothing new: small up to date"
    assert done.stale == ()
    assert len(runs(instance)) == before
    assert tree(project.settings.reports) == held


def test_nothing_new_needs_neither_pandas_nor_dagster(project: Project) -> None:
    code = (
        "import sys; from oib_pipeline.cli import main; code = main(['refresh']); "
        "print(code, [m for m in ('pandas', 'dagster', 'great_expectations') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"


def test_an_edited_study_is_made_anew_and_nothing_before_it(project: Project) -> None:
    project.change_study(outliers={"method": "none"})
    done = project.refresh()
    assert {part for _, part in done.stale} == {"small"}
    assert project.warehouse.count("core_study_panel", {"study": "small", "ais_flag": ""}) > 0


def test_a_changed_value_touches_its_city_alone(
    project: Project, instance: dg.DagsterInstance
) -> None:
    place = project.warehouse.query(
        "SELECT file, sheet, cell, value FROM core.core_sources WHERE release = "
        "'sample-ccsy-2015' AND city_code = '320300' AND variable = 'gdp_mcny' AND chosen LIMIT 1"
    ).iloc[0]
    path = project.release(2015) / place["file"]
    book = openpyxl.load_workbook(path)
    cell = book[place["sheet"]][place["cell"]]
    cell.value = type(cell.value)(float(str(cell.value).replace(",", "")) * 1.01)
    book.save(path)
    project.declare(2015)
    project.refresh()
    last = next(run for run in runs(instance) if "dagster/asset_partition_range_end" in run.tags)
    assert last.tags["dagster/asset_partition_range_start"] == "320300"
    assert last.tags["dagster/asset_partition_range_end"] == "320300"
    assert any("core_city_year: 8 rows for 1 city" in line for line in project.said)


def test_a_release_that_left_the_raw_folder_leaves_the_warehouse(
    project: Project, instance: dg.DagsterInstance
) -> None:
    project.change_study(years=[2012, 2014])
    shutil.rmtree(project.release(2016))
    project.refresh()
    assert any(line.startswith("taken out: sample-ccsy-2016") for line in project.said)
    gone = {"release": "sample-ccsy-2016"}
    assert project.warehouse.count("raw_observations", gone) == 0
    assert project.warehouse.count("core_sources", gone) == 0
    assert "sample-ccsy-2016" not in instance.get_dynamic_partitions("release")


def test_an_altered_file_is_refused_and_everything_stays(
    project: Project, instance: dg.DagsterInstance
) -> None:
    with (project.release(2016) / "release.yml").open("a", encoding="utf-8") as manifest:
        manifest.write("# looked at\n")
    altered = next(project.release(2016).glob("*.xlsx"))
    altered.write_bytes(altered.read_bytes() + b"0")
    held = tree(project.data / "warehouse"), tree(project.settings.reports)
    with pytest.raises(OibError) as refused:
        project.refresh()
    assert altered.name in str(refused.value)
    assert "sha256" in str(refused.value)
    assert (tree(project.data / "warehouse"), tree(project.settings.reports)) == held
    assert altered.name in "\n".join(status(project.settings))


def test_a_study_that_its_checks_refuse_keeps_its_last_report(project: Project) -> None:
    held = tree(project.settings.reports)
    panel = project.warehouse.read("core_study_panel")
    project.ask_for_cities_without_data()
    with pytest.raises(OibError, match="check years_complete of core_study_panel failed"):
        project.refresh()
    assert tree(project.settings.reports) == held
    assert project.warehouse.read("core_study_panel").equals(panel)


def test_a_study_that_is_asked_for_and_cannot_be_made_is_an_error(project: Project) -> None:
    with pytest.raises(OibError, match="no genuine release of its series"):
        project.refresh("genuine")


def test_the_raw_folder_is_only_read(refreshed: Project) -> None:
    assert times(refreshed.settings.raw) == refreshed.raw_before


def test_another_raw_folder_adds_to_what_is_held(project: Project, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    project.release(2016).rename(elsewhere / "sample-ccsy-2016")
    moved = Settings(data=project.data, raw=elsewhere)
    done = refresh(moved, say=project.said.append)
    assert done.stale == ()
    assert project.warehouse.count("raw_releases") == 4


def test_a_second_refresh_at_the_same_time_is_told_who_is_at_work(project: Project) -> None:
    code = (
        "import sys; from pathlib import Path; "
        "from oib_pipeline.defs.lib.locks import only_one\n"
        f"with only_one(Path({str(project.data / 'warehouse' / 'refresh.lock')!r})):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout and holder.stdout.readline() == "held\n"
    with pytest.raises(OibError, match=f"process {holder.pid}"):
        project.refresh()
    holder.kill()
    holder.communicate()
    project.refresh()
    assert project.said[-1].startswith("nothing new")


def test_a_refresh_that_was_killed_is_finished_by_the_next(project: Project) -> None:
    project.settings.warehouse.unlink()
    shutil.rmtree(project.settings.reports)
    worker = subprocess.Popen(
        [sys.executable, "-m", "oib_pipeline.cli", "refresh"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )
    assert worker.stdout
    for line in worker.stdout:
        if line.startswith("core_city_year"):
            worker.kill()
            break
    worker.communicate()
    assert not project.report.exists()
    done = project.refresh()
    assert any("was cut short before" in line for line in project.said)
    assert not [stage for stage, _ in done.stale if stage in ("raw_observations", "core_sources")]
    assert project.report.is_file()
    with dg.DagsterInstance.get() as instance:
        assert not instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    assert Warehouse(project.settings.published).count("est_baseline") > 0
