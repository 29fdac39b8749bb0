"""A study that stays as it was is in sync in the UI, though what it rests on was made anew."""

from __future__ import annotations

import dagster as dg
from dagster._core.definitions.data_version import DATA_VERSION_TAG, CachingStaleStatusResolver
from dagster._core.loader import LoadingContextForTest
from small_project import Project

from oib_pipeline.client.in_sync import SAME, show_in_sync
from oib_pipeline.definitions import build_definitions
from oib_pipeline.study import read_studies
from oib_pipeline.versions.data_version import study_stages


def unsynced(
    definitions: dg.Definitions, instance: dg.DagsterInstance, keys: list[dg.AssetKey]
) -> dict[str, list[str]]:
    """Those of some assets that Dagster takes for out of date, and why."""
    resolver = CachingStaleStatusResolver(
        instance=instance,
        asset_graph=definitions.resolve_asset_graph(),
        loading_context=LoadingContextForTest(instance),
    )
    found = {key.path[-1]: resolver.get_stale_causes(key) for key in keys}
    return {name: [cause.reason for cause in causes] for name, causes in found.items() if causes}


def test_only_what_rests_on_the_new_table_is_told_of_and_keeps_its_version_and_pictures(
    project: Project, instance: dg.DagsterInstance
) -> None:
    studies = read_studies(project.settings.studies)
    definitions = build_definitions(studies.values())
    keys = [dg.AssetKey(["small", stage]) for stage in study_stages(studies["small"])]
    assert not unsynced(definitions, instance, keys)
    other = {DATA_VERSION_TAG: "rows of another study"}
    instance.report_runless_asset_event(dg.AssetMaterialization("core_sources", tags=other))
    before = instance.get_latest_materialization_event(keys[0])
    assert {*unsynced(definitions, instance, keys)} >= {"core_study_panel", "out_report"}
    show_in_sync(definitions, instance, keys)
    assert not unsynced(definitions, instance, keys)
    told = {key.path[-1]: instance.get_latest_materialization_event(key) for key in keys}
    notes = {name: event.asset_materialization.description for name, event in told.items()}
    assert notes["out_report"] == notes["core_study_panel"] == SAME
    assert notes["est_baseline"] is None
    panel = told["core_study_panel"].asset_materialization
    assert panel.tags[DATA_VERSION_TAG] == before.asset_materialization.tags[DATA_VERSION_TAG]
    assert "figures" in told["out_report"].asset_materialization.metadata
