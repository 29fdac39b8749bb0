"""What starts a refresh by itself: the sensor of the drop folder, and the calendar."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import dagster as dg
import pytest
from small_project import Project

from oib_pipeline.defs.automation import annual_refresh, arrivals, refresh_job
from oib_pipeline.defs.lib.dead_runs import LAUNCHER
from oib_pipeline.defs.resources import Project as ProjectResource


def looked(instance: dg.DagsterInstance) -> dg.RunRequest | dg.SkipReason:
    context = dg.build_sensor_context(instance=instance, resources={"project": ProjectResource()})
    return arrivals(context)


def test_a_folder_without_anything_new_is_passed_over(
    project: Project, instance: dg.DagsterInstance
) -> None:
    seen = looked(instance)
    assert isinstance(seen, dg.SkipReason)
    assert "nothing new" in str(seen.skip_message)


def test_a_release_that_has_arrived_whole_asks_for_one_refresh(
    project: Project, instance: dg.DagsterInstance
) -> None:
    project.add_release(2017)
    first, again = looked(instance), looked(instance)
    assert isinstance(first, dg.RunRequest)
    assert isinstance(again, dg.RunRequest)
    assert first.run_key == again.run_key
    assert "release sample-ccsy-2017" in first.tags["oib/because"]


def test_city_pages_that_a_report_made_by_hand_left_out_ask_for_a_refresh(
    project: Project, instance: dg.DagsterInstance
) -> None:
    (project.report.parent / "cities").mkdir(exist_ok=True)
    (project.report.parent / "cities" / "to_make.txt").write_text("320300\n", encoding="utf-8")
    asked = looked(instance)
    assert isinstance(asked, dg.RunRequest)
    assert asked.tags["oib/because"] == "city pages of small wait to be made anew"
    project.refresh()
    assert (project.report.parent / "cities" / "320300.html").is_file()
    assert isinstance(looked(instance), dg.SkipReason)


@pytest.mark.parametrize(
    ("tags", "status", "said"),
    [
        ({"dagster/will_retry": "true"}, dg.DagsterRunStatus.FAILURE, "was cut short; Dagster"),
        ({}, dg.DagsterRunStatus.CANCELED, "was ended by hand; the next begins when"),
        ({}, dg.DagsterRunStatus.FAILURE, "says what stood in the way; the next begins when"),
    ],
)
def test_what_became_of_the_run_for_what_lies_there_is_said(
    project: Project,
    instance: dg.DagsterInstance,
    tags: dict[str, str],
    status: dg.DagsterRunStatus,
    said: str,
) -> None:
    project.add_release(2017)
    asked = looked(instance)
    assert isinstance(asked, dg.RunRequest)
    own = {"dagster/run_key": asked.run_key or "", "dagster/sensor_name": arrivals.name}
    run = instance.create_run_for_job(refresh_job, tags={**own, **tags}, status=status)
    seen = looked(instance)
    assert isinstance(seen, dg.SkipReason)
    assert f"run {run.run_id[:8]} " in str(seen.skip_message)
    assert said in str(seen.skip_message)


def test_a_release_that_is_half_copied_waits(
    project: Project, instance: dg.DagsterInstance
) -> None:
    folder = project.add_release(2017)
    late = sorted(folder.glob("*.xlsx"))[0]
    content = late.read_bytes()
    late.write_bytes(content[: len(content) // 2])
    seen = looked(instance)
    assert isinstance(seen, dg.SkipReason)
    assert late.name in str(seen.skip_message)
    late.write_bytes(content)
    assert isinstance(looked(instance), dg.RunRequest)


@pytest.mark.parametrize("year", [2026, 2027])
def test_the_calendar_asks_for_a_refresh_each_january_by_chinese_time(year: int) -> None:
    context = dg.build_schedule_context(
        scheduled_execution_time=datetime(year, 1, 14, 22, tzinfo=UTC)
    )
    assert annual_refresh.execution_timezone == "Asia/Shanghai"
    assert annual_refresh.cron_schedule == "0 6 15 1 *"
    assert annual_refresh.evaluate_tick(context).run_requests


def test_the_retry_of_a_killed_refresh_is_not_taken_for_the_dead_one(
    project: Project, instance: dg.DagsterInstance
) -> None:
    worker = subprocess.Popen([sys.executable, "-c", ""])
    worker.wait()
    tags = {LAUNCHER: str(worker.pid)}
    dead = instance.create_run_for_job(refresh_job, tags=tags)
    instance.report_run_failed(dead, "killed")
    retry = instance.create_run_for_job(
        refresh_job, tags=tags, parent_run_id=dead.run_id, root_run_id=dead.run_id
    )
    instance.run_storage.handle_run_event(
        retry.run_id,
        dg.DagsterEvent(
            event_type_value=dg.DagsterEventType.RUN_STARTING.value, job_name=refresh_job.name
        ),
    )
    seen = looked(instance)
    assert isinstance(seen, dg.SkipReason)
    assert "a refresh is at work" in str(seen.skip_message)
    still = instance.get_run_by_id(retry.run_id)
    assert still and still.status == dg.DagsterRunStatus.STARTING


def test_a_refresh_whose_process_was_killed_stops_no_other(
    project: Project, instance: dg.DagsterInstance
) -> None:
    worker = subprocess.Popen([sys.executable, "-c", ""])
    worker.wait()
    dead = instance.create_run_for_job(refresh_job, tags={LAUNCHER: str(worker.pid)})
    instance.run_storage.handle_run_event(
        dead.run_id,
        dg.DagsterEvent(
            event_type_value=dg.DagsterEventType.RUN_START.value, job_name=refresh_job.name
        ),
    )
    project.add_release(2017)
    assert isinstance(looked(instance), dg.RunRequest)
    closed = instance.get_run_by_id(dead.run_id)
    assert closed and closed.status == dg.DagsterRunStatus.FAILURE
