"""A release that is refused or not whole holds back no other, and is tried again once mended."""

from __future__ import annotations

import shutil

import dagster as dg
import openpyxl
import pytest
from small_project import Project

from oib_pipeline.client.refresh import refresh
from oib_pipeline.client.status import status
from oib_pipeline.contract.errors import OibError
from oib_pipeline.defs.checks import AGAIN, specs
from oib_pipeline.defs.partitions import RANGE_END, RANGE_START, covering_ranges, register
from oib_pipeline.defs.raw import ALSO

READING = dg.AssetKey("raw_observations")
BAD, GOOD = "sample-ccsy-2018", "sample-ccsy-2017"


def garble(project: Project) -> None:
    """The 2018 edition arrives whole, with a workbook that cannot be read."""
    project.add_release(2018)
    next(project.release(2018).glob("*.xlsx")).write_bytes(b"no workbook")
    project.declare(2018)


def held(project: Project, release: str) -> int:
    return project.warehouse.count("raw_observations", {"release": release})


def too_large(project: Project) -> None:
    """The 2016 edition is revised: one value in use is a million times what it was."""
    file, sheet, place = project.warehouse.rows(
        "SELECT file, sheet, cell FROM core.core_sources JOIN core.core_study_panel "
        "USING (city_code, year) WHERE release = 'sample-ccsy-2016' AND scope = 'districts' "
        "AND variable = 'gdp_mcny' AND chosen ORDER BY city_code LIMIT 1"
    )[0]
    path = project.release(2016) / file
    book = openpyxl.load_workbook(path)
    cell = book[sheet][place]
    cell.value = type(cell.value)(float(cell.value) * 1_000_000)
    book.save(path)
    project.declare(2016)


def cut_short_after_reading(project: Project) -> None:
    """A refresh that ends where releases have been read and nothing was chosen from them yet."""

    def last_words(line: str) -> None:
        if line.startswith("raw_observations: "):
            raise RuntimeError("cut short")

    refresh(project.settings, say=last_words)


def readable(instance: dg.DagsterInstance) -> dg.AssetCheckEvaluation:
    """The check as the UI shows it just now."""
    key = dg.AssetCheckKey(READING, "readable")
    record = instance.event_log_storage.get_latest_asset_check_execution_by_key([key])[key]
    return record.event.dagster_event.asset_check_evaluation_data


def test_an_unreadable_release_lets_the_others_through(
    project: Project, instance: dg.DagsterInstance
) -> None:
    project.change_study(years=[2012, 2016])
    project.add_release(2017)
    garble(project)
    with pytest.raises(OibError, match=f"release '{BAD}' was refused") as refused:
        project.refresh()
    assert "everything else is up to date" in str(refused.value)
    assert held(project, GOOD)
    assert not held(project, BAD)
    assert project.warehouse.count("core_study_panel", {"study": "small", "year": 2016})
    told = "\n".join(status(project.settings))
    assert f"{BAD}: refused, not tried again" in told
    assert "small: up to date" in told
    check = readable(instance)
    assert not check.passed
    assert BAD in check.description
    runs = len(instance.get_runs())
    with pytest.raises(OibError, match=f"release '{BAD}' was refused"):
        project.refresh()
    assert len(instance.get_runs()) == runs
    shutil.rmtree(project.release(2018))
    project.add_release(2018)
    project.refresh()
    assert held(project, BAD)


def test_a_refused_release_that_is_removed_leaves_nothing_behind(
    project: Project, instance: dg.DagsterInstance
) -> None:
    garble(project)
    with pytest.raises(OibError, match="was refused"):
        project.refresh()
    assert BAD in instance.get_dynamic_partitions("release")
    assert not readable(instance).passed
    shutil.rmtree(project.release(2018))
    project.refresh()
    assert BAD not in instance.get_dynamic_partitions("release")
    assert BAD not in "\n".join(status(project.settings))
    assert readable(instance).passed
    assert BAD in readable(instance).description
    project.refresh()
    assert project.said[-1] == "nothing new: small up to date"


def checks(instance: dg.DagsterInstance) -> dict[str, dg.AssetCheckEvaluation]:
    """What every check of the asset that reads releases last found; a run's plan counts."""
    names = [spec.name for spec in specs(READING, ["raw_observations", *ALSO])]
    keys = [dg.AssetCheckKey(READING, name) for name in names]
    records = instance.event_log_storage.get_latest_asset_check_execution_by_key(keys)
    return {
        key.name: records[key].event.dagster_event.asset_check_evaluation_data for key in records
    }


def test_of_a_release_that_is_refused_one_check_fails_and_the_others_say_how_the_table_stands(
    project: Project, instance: dg.DagsterInstance
) -> None:
    garble(project)
    with pytest.raises(OibError, match="was refused"):
        project.refresh()
    found = checks(instance)
    assert [name for name, check in found.items() if not check.passed] == ["readable"]
    assert found["keys_unique"].description.startswith(AGAIN)
    assert found["readable"].metadata["failing_rows"].value == 1
    with pytest.raises(OibError, match="was refused"):
        project.refresh()
    assert not checks(instance)["keys_unique"].description.startswith(AGAIN * 2)


def test_a_release_that_was_refused_and_is_put_back_as_it_was_is_well_again_in_the_ui(
    project: Project, instance: dg.DagsterInstance
) -> None:
    name = "sample-ccsy-2016"
    kept = shutil.copytree(project.release(2016), project.data / "kept")
    next(project.release(2016).glob("*.xlsx")).write_bytes(b"no workbook")
    project.declare(2016)
    with pytest.raises(OibError, match=f"release '{name}' was refused"):
        project.refresh()
    assert not readable(instance).passed
    shutil.rmtree(project.release(2016))
    kept.rename(project.release(2016))
    project.refresh()
    assert any(line.startswith(f"put back: {name}") for line in project.said)
    assert readable(instance).passed
    wanted = dg.EventRecordsFilter(
        dg.DagsterEventType.ASSET_MATERIALIZATION, asset_key=READING, asset_partitions=[name]
    )
    last = instance.get_event_records(wanted, limit=1)[0].asset_materialization
    assert last and last.description == "its files are again those that were read"
    project.refresh()
    assert project.said[-1] == "nothing new: small up to date"


def test_a_bad_revision_leaves_what_was_read_before_and_lets_the_next_year_through(
    project: Project,
) -> None:
    before = project.warehouse.read("raw_observations", {"release": "sample-ccsy-2016"})
    too_large(project)
    project.change_study(years=[2012, 2016])
    project.add_release(2017)
    with pytest.raises(OibError, match="sample-ccsy-2016") as refused:
        project.refresh()
    assert "chosen_in_range" in str(refused.value)
    assert "everything else is up to date" in str(refused.value)
    after = project.warehouse.read("raw_observations", {"release": "sample-ccsy-2016"})
    assert after.equals(before)
    assert project.warehouse.count("core_study_panel", {"study": "small", "year": 2016})
    assert any(
        "what was read of it before stays in use" in line for line in status(project.settings)
    )


def test_a_bad_revision_read_by_a_refresh_that_was_cut_short_gives_way_to_what_was_published(
    project: Project,
) -> None:
    extent = {"release": "sample-ccsy-2016"}
    before = project.warehouse.read("raw_observations", extent)
    too_large(project)
    with pytest.raises(OibError, match="cut short"):
        cut_short_after_reading(project)
    assert not project.warehouse.read("raw_observations", extent).equals(before)
    with pytest.raises(OibError, match="sample-ccsy-2016"):
        project.refresh()
    assert project.warehouse.read("raw_observations", extent).equals(before)


@pytest.mark.parametrize("empty", [True, False])
def test_a_release_that_is_not_whole_does_not_hold_back_another(
    project: Project, empty: bool
) -> None:
    project.change_study(years=[2012, 2016])
    project.add_release(2017)
    late = project.add_release(2018)
    if empty:
        (late / "release.yml").write_text("", encoding="utf-8")
    else:
        next(late.glob("*.xlsx")).unlink()
    with pytest.raises(OibError, match=BAD):
        project.refresh()
    assert held(project, GOOD)
    assert not held(project, BAD)
    assert f"  {BAD}: not whole yet, waits" in "\n".join(status(project.settings))


def test_a_release_put_back_as_it_was_leaves_no_page_of_being_stopped(project: Project) -> None:
    kept = project.release(2016).rename(project.data / "kept")
    with pytest.raises(
        OibError, match=r"holds 2015 at scope districts .*For those they hold 2012-2014"
    ):
        project.refresh()
    page = project.settings.quality / "stopped" / "small.html"
    assert page.is_file()
    told = "\n".join(status(project.settings))
    assert "small: to be made: core_study_panel" in told
    assert "because the tables it is made from were made anew since" in told
    assert "the last try was stopped: small/core_study_panel: study 'small': no release" in told
    kept.rename(project.release(2016))
    project.refresh()
    assert not page.exists()


def test_runs_go_round_a_partition_that_must_not_be_told_as_made(
    instance: dg.DagsterInstance,
) -> None:
    register(instance, "release", ["x1", "x2", "x3", "x4"])
    found = covering_ranges(instance, "release", ["x1", "x2", "x4"], ["x3"])
    assert found == [
        {RANGE_START: "x1", RANGE_END: "x2"},
        {RANGE_START: "x4", RANGE_END: "x4"},
    ]


def test_partitions_far_apart_are_made_in_runs_of_their_own(instance: dg.DagsterInstance) -> None:
    register(instance, "release", [f"x{n:03d}" for n in range(100)])
    near = covering_ranges(instance, "release", ["x001", "x040"])
    assert near == [{RANGE_START: "x001", RANGE_END: "x040"}]
    far = covering_ranges(instance, "release", ["x001", "x002", "x099"])
    assert far == [
        {RANGE_START: "x001", RANGE_END: "x002"},
        {RANGE_START: "x099", RANGE_END: "x099"},
    ]
