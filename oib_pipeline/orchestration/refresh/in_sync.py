"""Assets of a study that are as they were, shown in the UI as in sync with what was made anew."""

from __future__ import annotations

from collections.abc import Iterable

import dagster as dg
from dagster._core.definitions.data_version import (
    CODE_VERSION_TAG,
    DATA_VERSION_TAG,
    get_input_data_version_tag,
)

SAME = "as it was: the values it rests on did not change, so nothing was made anew"


def show_in_sync(
    definitions: dg.Definitions, instance: dg.DagsterInstance, keys: Iterable[dg.AssetKey]
) -> None:
    """Record of each asset that it holds for what its inputs are now; its own version stays.

    Dagster takes every input that was made anew for changed, though it holds other rows too than
    those that a study takes from it.

    Parameters
    ----------
    keys
        In the order of the flow; those that were never made are passed over.
    """
    graph = definitions.resolve_asset_graph()
    for key in keys:
        last = instance.get_latest_materialization_event(key)
        if last is None or last.asset_materialization is None:
            continue
        node, was = graph.get(key), last.asset_materialization
        tags = {**(was.tags or {}), CODE_VERSION_TAG: node.code_version or ""}
        for parent in node.parent_keys:
            if version := _version(instance, parent):
                tags[get_input_data_version_tag(parent)] = version
        if tags != was.tags:
            instance.report_runless_asset_event(
                dg.AssetMaterialization(key, description=SAME, metadata=was.metadata, tags=tags)
            )


def _version(instance: dg.DagsterInstance, key: dg.AssetKey) -> str:
    last = instance.get_latest_materialization_event(key)
    made = last.asset_materialization if last else None
    return (made.tags or {}).get(DATA_VERSION_TAG, "") if made else ""
