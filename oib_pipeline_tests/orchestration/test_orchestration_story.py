"""What Dagster shows of an asset: its lineage by column, its figures, its rows, when it is due."""

from __future__ import annotations

import dagster as dg
import pytest
import yaml
from small_project import REPOSITORY, Project

from oib_pipeline.contract.errors import OibError
from oib_pipeline.definitions import build_definitions
from oib_pipeline.defs.lib.specs import column_lineage
from oib_pipeline.study import read_studies


def shown(instance: dg.DagsterInstance, *key: str) -> dict:
    event = instance.get_latest_materialization_event(dg.AssetKey(list(key)))
    assert event and event.asset_materialization
    return dict(event.asset_materialization.metadata)


def test_the_report_shows_its_figures_and_its_headline(
    project: Project, instance: dg.DagsterInstance
) -> None:
    metadata = shown(instance, "small", "out_report")
    assert "data:image/png;base64," in metadata["figures"].value
    assert "theil" in metadata["headline"].value
    assert "Synthetic data" in metadata["headline"].value
    assert metadata["report"].value.endswith("index.html")


def test_every_table_shows_where_each_column_comes_from_and_how_many_rows_it_has(
    project: Project, instance: dg.DagsterInstance
) -> None:
    for key in (["core_sources"], ["core_indices"], ["small", "core_study_panel"]):
        metadata = shown(instance, *key)
        assert metadata["dagster/row_count"].value > 0
        lineage = metadata["dagster/column_lineage"].value
        assert lineage.deps_by_column["city_code"]
    lineage = shown(instance, "core_indices")["dagster/column_lineage"].value
    ais = {dep.column_name for dep in lineage.deps_by_column["ais"]}
    assert "tertiary_va_mcny" in ais


def test_each_release_shows_its_own_number_of_rows(
    project: Project, instance: dg.DagsterInstance
) -> None:
    for release in ("sample-ccsy-2013", "sample-ccsy-2016"):
        wanted = dg.EventRecordsFilter(
            dg.DagsterEventType.ASSET_MATERIALIZATION,
            asset_key=dg.AssetKey("raw_observations"),
            asset_partitions=[release],
        )
        event = instance.get_event_records(wanted, limit=1)[0].asset_materialization
        rows = project.warehouse.count("raw_observations", {"release": release})
        assert event and event.metadata["dagster/row_count"].value == rows


def test_the_vintage_says_in_the_ui_what_changed(
    project: Project, instance: dg.DagsterInstance
) -> None:
    metadata = shown(instance, "small", "est_vintages")
    assert metadata["vintage"].value == 1
    assert "first vintage" in metadata["what changed"].value


def test_the_panel_and_the_report_of_a_study_are_due_each_year_by_chinese_time() -> None:
    studies = read_studies(REPOSITORY / "data" / "studies").values()
    graph = build_definitions(studies).resolve_asset_graph()
    due = {key.path[-1] for key in graph.get_all_asset_keys() if graph.get(key).freshness_policy}
    assert due == {"core_study_panel", "out_report"}
    policy = graph.get(dg.AssetKey(["relocation_2014", "out_report"])).freshness_policy
    assert policy.timezone == "Asia/Shanghai"


def test_dagsters_settings_are_those_the_command_writes() -> None:
    from oib_pipeline.client.runs import YAML

    committed = (REPOSITORY / "data" / "dagster" / "dagster.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(committed) == yaml.safe_load(YAML)


@pytest.mark.parametrize("stage", ["core_sources", "core_city_year", "est_baseline"])
def test_what_the_lineage_says_names_columns_that_are_there(stage: str) -> None:
    from oib_pipeline.contract.tables import tables

    before = {"core_sources": "raw_observations", "core_city_year": "core_sources"}
    key = dg.AssetKey(before.get(stage, "core_study_panel"))
    deps = column_lineage(stage, [key]).deps_by_column
    assert deps
    assert all(
        dep.column_name in tables()[key.path[-1]].columns for many in deps.values() for dep in many
    )


def test_a_release_that_cannot_be_read_fails_its_check_with_the_reason(
    project: Project, instance: dg.DagsterInstance
) -> None:
    altered = next(project.release(2016).glob("*.xlsx"))
    altered.write_bytes(altered.read_bytes() + b"0")
    with pytest.raises(OibError, match="sha256"):
        project.refresh()
    key = dg.AssetCheckKey(dg.AssetKey("raw_observations"), "readable")
    record = instance.event_log_storage.get_latest_asset_check_execution_by_key([key])[key]
    found = record.event.dagster_event.asset_check_evaluation_data
    assert not found.passed
    assert altered.name in found.metadata["evidence"].value
    altered.write_bytes(altered.read_bytes()[:-1])
    project.refresh()
    assert project.said[-1] == "nothing new: small up to date"
