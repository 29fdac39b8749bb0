"""The system as it lives: nobody at the keyboard when releases arrive, someone when they break.

The tests follow each other on one running system: the webserver, the daemon, a browser.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from live_system import Live, start
from small_project import REPOSITORY, tree

from oib_pipeline.defs.lib.locks import holder
from oib_pipeline.registry.samples import add_city
from oib_pipeline.warehouse import Warehouse

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

OURS = {"repositoryName": "__repository__", "repositoryLocationName": "oib_pipeline"}
GROUPS = ("raw", "core", "est", "out")
A_RUN = 300.0  # seconds at most; a run takes 20 s on an idle machine


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    opened = browser.new_page(viewport={"width": 1440, "height": 900})
    opened.set_default_timeout(45_000)
    return opened


def at_rest(live: Live, jobs: int) -> bool:
    """Whether the refresh ran so many times and nothing is at work."""
    done = [run for run in live.runs() if run["jobName"] == "refresh"]
    return len(done) >= jobs and live.at_rest()


def refreshes(live: Live) -> list[dict]:
    return [run for run in live.runs() if run["jobName"] == "refresh"]


def sensor_said(live: Live) -> str:
    """Why the sensor's last look led to nothing."""
    told = live.ask(
        """query($s: SensorSelector!) { sensorOrError(sensorSelector: $s) { ... on Sensor {
        sensorState { ticks(limit: 1) { skipReason } } } } }""",
        s=OURS | {"sensorName": "arrivals"},
    )
    ticks = told["sensorOrError"]["sensorState"]["ticks"]
    return (ticks[0]["skipReason"] or "") if ticks else ""


def state(live: Live) -> tuple[dict, dict]:
    """The warehouse people read and the reports, file by file."""
    published = live.project.settings.published
    return {published.name: published.stat().st_mtime_ns}, tree(live.project.settings.reports)


def test_opened_for_the_first_time_it_makes_the_report_by_itself(live: Live) -> None:
    live.until(lambda: at_rest(live, 1), A_RUN, "the first report")
    assert [run["status"] for run in refreshes(live)] == ["SUCCESS"]
    assert live.project.report.is_file()


def test_sensor_and_schedule_are_on_without_a_hand(live: Live) -> None:
    told = live.ask(
        """query($r: RepositorySelector!) {
        schedulesOrError(repositorySelector: $r) { ... on Schedules {
          results { name executionTimezone scheduleState { status } } } }
        sensorsOrError(repositorySelector: $r) { ... on Sensors {
          results { name sensorState { status } } } } }""",
        r=OURS,
    )
    schedules = told["schedulesOrError"]["results"]
    assert [(one["name"], one["executionTimezone"]) for one in schedules] == [
        ("annual_refresh", "Asia/Shanghai")
    ]
    states = [one["scheduleState"]["status"] for one in schedules]
    states += [one["sensorState"]["status"] for one in told["sensorsOrError"]["results"]]
    assert set(states) == {"RUNNING"}


def test_the_schedule_evaluated_in_the_running_code_asks_for_a_refresh(live: Live) -> None:
    morning = datetime(2027, 1, 14, 22, tzinfo=UTC).timestamp()  # six o'clock in Shanghai
    told = live.ask(
        """mutation($s: ScheduleSelector!, $t: Float) {
        scheduleDryRun(selectorData: $s, timestamp: $t) { __typename ... on DryRunInstigationTick {
          evaluationResult { error { message } runRequests { jobName } } } } }""",
        s=OURS | {"scheduleName": "annual_refresh"},
        t=morning,
    )["scheduleDryRun"]
    assert told["evaluationResult"]["error"] is None
    assert len(told["evaluationResult"]["runRequests"]) == 1


def test_the_lineage_shows_the_groups_in_the_order_of_the_flow(
    live: Live, page: Page, shots: Path
) -> None:
    page.goto(f"{live.address}/asset-groups")
    drawn = page.locator("svg foreignObject")
    places = {}
    for group in GROUPS:
        box = drawn.filter(has_text=group).first
        box.wait_for()
        places[group] = (box.bounding_box() or {})["x"]
    page.screenshot(path=shots / "lineage.png")
    assert sorted(places, key=places.__getitem__) == list(GROUPS)


def test_a_half_copied_release_waits(live: Live) -> None:
    before, held = len(refreshes(live)), state(live)
    folder = live.project.add_release(2017)
    late = min(folder.glob("*.xlsx"))
    late.rename(live.project.data / late.name)
    live.until(lambda: late.name in sensor_said(live), 60, "the sensor to see the folder")
    assert "is not whole yet and waits" in sensor_said(live)
    assert len(refreshes(live)) == before
    assert state(live) == held


def test_a_bad_release_fails_its_check_and_leaves_everything_as_it_was(
    live: Live, page: Page, shots: Path
) -> None:
    project, held = live.project, state(live)
    project.change_study(years=[2012, 2016])
    spoil(project.release(2017))
    late = min(project.data.glob("*.xlsx"))
    late.rename(project.release(2017) / late.name)
    project.declare(2017)
    live.until(lambda: at_rest(live, 2), A_RUN, "the bad release to be refused")
    assert refreshes(live)[0]["status"] == "FAILURE"
    assert state(live) == held
    live.until(lambda: "says what stood in the way" in sensor_said(live), 60, "the next look")
    page.goto(f"{live.address}/assets/raw_observations?view=checks&checkDetail=readable")
    page.get_by_text("release 'sample-ccsy-2017' was refused").first.wait_for()
    page.screenshot(path=shots / "failed-check.png")
    page.goto(f"{live.address}/runs/{refreshes(live)[0]['runId']}")
    page.get_by_text("2-8 地区生产总值.xlsx").first.wait_for()
    page.screenshot(path=shots / "failed-run.png")


def spoil(folder: Path) -> None:
    """A figure a million times too large, as where a unit was misread."""
    path = next(folder.glob("2-8 *.xlsx"))
    book = openpyxl.load_workbook(path)
    cell = book.worksheets[0]["D8"]
    cell.value = type(cell.value)(float(cell.value) * 1_000_000)
    book.save(path)


def test_mended_it_goes_through_to_a_new_report_without_a_hand(live: Live) -> None:
    project, before = live.project, live.project.report.read_bytes()
    name = f"sample-ccsy-{2017}"
    shutil.copytree(REPOSITORY / "data" / "raw" / name, project.release(2017), dirs_exist_ok=True)
    live.until(lambda: at_rest(live, 3), A_RUN, "the mended release")
    assert refreshes(live)[0]["status"] == "SUCCESS"
    assert project.report.read_bytes() != before
    assert b"2016" in project.report.read_bytes()
    published = Warehouse(project.settings.published)
    assert published.count("core_study_panel", {"study": "small", "year": 2016}) == 120
    known = partitions(live, "raw_observations")
    assert name in known


def partitions(live: Live, asset: str) -> list[str]:
    told = live.ask(
        "query($k: AssetKeyInput!) { assetNodeOrError(assetKey: $k) { ... on AssetNode "
        "{ partitionKeys } } }",
        k={"path": [asset]},
    )
    return told["assetNodeOrError"]["partitionKeys"]


def test_an_added_city_gets_its_page_without_a_hand(live: Live, page: Page, shots: Path) -> None:
    code, cities = outside(live), live.project.report.parent / "cities"
    before = len(refreshes(live))
    add_city(live.project.settings.registry, code, "old_industrial_120", {})
    live.until(lambda: at_rest(live, before + 1), A_RUN, "the added city")
    assert refreshes(live)[0]["status"] == "SUCCESS"
    assert [path.name for path in cities.glob("[0-9]*.html")] == [f"{code}.html"]
    (made,) = live.runs(
        tags=[{"key": "dagster/asset_partition_range_start", "value": code},
              {"key": "dagster/asset_partition_range_end", "value": code}]
    )  # fmt: skip
    assert made["assetSelection"] == [{"path": ["small", "out_city_profiles"]}]
    page.goto((cities / f"{code}.html").as_uri())
    page.get_by_text(code).first.wait_for()
    page.screenshot(path=shots / "added-city.png")


def outside(live: Live) -> str:
    """A city that the sample lacks and the releases have in every year of the study."""
    rows = Warehouse(live.project.settings.published).rows(
        "WITH panel AS (SELECT city_code, year FROM core.core_study_panel) "
        "SELECT city_code FROM core.core_indices WHERE scope = 'districts' "
        "AND year IN (SELECT year FROM panel) AND ais IS NOT NULL AND theil IS NOT NULL "
        "AND population_density IS NOT NULL AND city_code NOT IN (SELECT city_code FROM panel) "
        "GROUP BY city_code HAVING count(*) = (SELECT count(DISTINCT year) FROM panel) "
        "ORDER BY city_code LIMIT 1"
    )
    return str(rows[0][0])


def launch_backfill(live: Live, asset: list[str], keys: list[str]) -> str:
    told = live.ask(
        """mutation($p: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $p) {
        ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }""",
        p={"assetSelection": [{"path": asset}], "partitionNames": keys},
    )["launchPartitionBackfill"]
    return told["backfillId"]


def backfill(live: Live, name: str) -> str:
    told = live.ask(
        "query($b: String!) { partitionBackfillOrError(backfillId: $b) "
        "{ ... on PartitionBackfill { status } } }",
        b=name,
    )
    return told["partitionBackfillOrError"]["status"]


def runs_of(live: Live, name: str) -> list[dict]:
    return live.runs(tags=[{"key": "dagster/backfill", "value": name}])


def test_a_backfill_of_cities_is_a_single_run(live: Live) -> None:
    keys = partitions(live, "core_city_year")[10:40]
    name = launch_backfill(live, ["core_city_year"], keys)
    live.until(lambda: backfill(live, name).startswith("COMPLETED"), A_RUN, "the backfill")
    assert [run["status"] for run in runs_of(live, name)] == ["SUCCESS"]


def test_everything_killed_in_mid_backfill_is_finished_after_a_restart(live: Live) -> None:
    keys = partitions(live, "core_city_year")
    name = launch_backfill(live, ["core_city_year"], keys)
    live.until(
        lambda: [run for run in runs_of(live, name) if run["status"] == "STARTED"],
        A_RUN,
        "the run of the backfill",
    )
    live.kill()
    assert live.processes() == []
    with Warehouse(live.project.settings.published).opened(read_only=True) as readable:
        assert readable.execute("SELECT count(*) FROM core.core_city_year").fetchall()
    again = start(live.project, live.port)
    live.make = again.make
    live.until(lambda: backfill(live, name).startswith("COMPLETED"), A_RUN, "the rest of it")
    assert sorted(run["status"] for run in runs_of(live, name)) == ["FAILURE", "SUCCESS"]
    live.until(live.at_rest, A_RUN, "nothing to be at work")
    assert holder(live.project.settings.lock) == ""


def test_a_refresh_from_a_terminal_and_one_from_the_ui_at_once_end_well(live: Live) -> None:
    project = live.project
    project.change_study(years=[2012, 2016], title="Another title")
    own = {"OIB_DATA": str(project.data), "DAGSTER_HOME": str(project.data / "dagster")}
    terminal = subprocess.run(
        [sys.executable, "-m", "oib_pipeline.cli", "refresh"],
        cwd=REPOSITORY,
        env=os.environ | own,
        capture_output=True,
        text=True,
        timeout=A_RUN,
    )
    said = terminal.stdout + terminal.stderr
    assert terminal.returncode == 0 or "another refresh is at work" in said, said
    live.until(lambda: "nothing new" in sensor_said(live), A_RUN, "the sensor to see it done")
    live.until(live.at_rest, A_RUN, "nothing to be at work")
    assert "Another title" in project.report.read_text(encoding="utf-8")
    assert {run["status"] for run in refreshes(live)[:1]} == {"SUCCESS"}


def test_ctrl_c_in_a_refresh_leaves_nobody_behind_and_the_work_is_taken_up(live: Live) -> None:
    live.project.change_study(years=[2012, 2016], title="A third title")
    live.until(
        lambda: [run for run in refreshes(live) if run["status"] == "STARTED"],
        A_RUN,
        "a refresh to be at work",
    )
    live.interrupt()
    live.make.wait(60)
    deadline = time.monotonic() + 30
    while live.processes() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert live.processes() == []
    assert holder(live.project.settings.lock) == ""
    assert live.project.report.is_file()
    assert not list((live.project.settings.quality / "stopped").glob("*.html"))
    again = start(live.project, live.port)
    live.make = again.make
    live.until(lambda: "A third title" in live.project.report.read_text("utf-8"), A_RUN, "the rest")
    live.until(live.at_rest, A_RUN, "nothing to be at work")
    assert refreshes(live)[0]["status"] == "SUCCESS"
    live.interrupt()
    live.make.wait(60)
