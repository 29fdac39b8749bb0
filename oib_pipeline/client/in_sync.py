"""Events that show an unchanged study in sync with shared tables made anew."""

from __future__ import annotations

from collections.abc import Iterable

import dagster as dg
from dagster._core.definitions.data_version import (
    CODE_VERSION_TAG,
    DATA_VERSION_TAG,
    get_input_data_version_tag,
)

from oib_pipeline.client.runs import Runner
from oib_pipeline.defs.lib.materialize import progress
from oib_pipeline.settings import Settings
from oib_pipeline.versions.content import content_digest, unchanged_studies
from oib_pipeline.versions.data_version import Chain
from oib_pipeline.versions.inputs import Inputs
from oib_pipeline.versions.ledger import entries, read_ledger
from oib_pipeline.versions.plan import Plan
from oib_pipeline.warehouse import Warehouse, reading

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


def note_same_studies(plan: Plan, inputs: Inputs, runner: Runner) -> set[str]:
    """Their names, once the ledger says so and each is told; their estimates and reports stay."""
    warehouse = Warehouse(runner.settings.warehouse)
    chain = Chain(inputs, read_ledger(warehouse))
    names = [name for name in plan.ready if plan.stages(name) and _whole(runner.settings, name)]
    contents = {name: study_content(runner.settings, chain, name) for name in names}
    found = unchanged_studies(chain, plan.stale, contents)
    for name, keys in found.items():
        for stage, part in keys:
            now = Chain(inputs, read_ledger(warehouse))
            mark = {part: now.made_from(stage, part)}
            warehouse.replace_slices([entries(stage, mark, {part: now.made_of(stage, part)})])
        progress.info("%s", f"{name}: its cities' values are as they were; nothing to estimate")
    return {*found}


def study_content(settings: Settings, chain: Chain, name: str) -> str:
    """Digest of what a study is made from, as the warehouse holds it."""
    from oib_pipeline.registry.registry import load_registry

    study, warehouse = chain.inputs.studies[name], Warehouse(settings.warehouse)
    sample = load_registry(settings.registry).sample(study.sample)
    releases = chain.releases_for(study.precedence)
    with reading(warehouse):
        return content_digest(warehouse, study, sample, releases)


def _whole(settings: Settings, name: str) -> bool:
    from oib_pipeline.versions.plan import REPORT

    return all((settings.reports / name / file).is_file() for file in REPORT)
