"""The runs of a plan, one after the other: releases and sources, then all that follows."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from oib_pipeline.client.in_sync import note_same_studies, show_in_sync
from oib_pipeline.client.releases import make_sources
from oib_pipeline.client.removal import forget_cities, take_out
from oib_pipeline.client.runs import Runner
from oib_pipeline.defs.partitions import covering_ranges, register
from oib_pipeline.versions.content import CONTENT, changed_cities, city_marks
from oib_pipeline.versions.data_version import Chain, study_stages
from oib_pipeline.versions.inputs import Inputs
from oib_pipeline.versions.ledger import CITY, entries, read_ledger
from oib_pipeline.versions.plan import Plan
from oib_pipeline.warehouse import Warehouse


def carry_out_plan(plan: Plan, inputs: Inputs, runner: Runner) -> bool:
    """Everything stale made anew, in three runs where no release is refused.

    Returns
    -------
    bool
        Whether anything was made or taken out.
    """
    warehouse = Warehouse(runner.settings.warehouse)
    take_out(plan, inputs, runner.settings, runner.instance)
    taken_out = bool(plan.removed or plan.dropped or plan.unused)
    plan, inputs = make_sources(plan, inputs, runner)
    if not plan.stale:
        return taken_out
    cities = _changed(warehouse, runner.settings.registry, runner.instance)
    if not cities:
        _note_unchanged(plan, inputs, warehouse)
    keys = [dg.AssetKey("core_city_year")] if cities else []
    if cities or plan.parts("core_indices"):
        keys.append(dg.AssetKey("core_indices"))
    *apart, place = covering_ranges(runner.instance, "city", cities) or [{}]
    for far in apart:
        runner.run(keys[:1], far)
    if keys and read_ledger(warehouse).parts(CONTENT):
        runner.run(keys, place)
        keys, place = [], {}
    same = note_same_studies(plan, inputs, runner)
    keys += [
        dg.AssetKey([study, stage])
        for study in plan.ready
        if study not in same
        for stage in plan.stages(study)
    ]
    if keys:
        runner.run(keys, place)
    rest = [
        dg.AssetKey([study, stage])
        for study in plan.ready
        for stage in study_stages(inputs.studies[study])
    ]
    show_in_sync(runner.definitions, runner.instance, [key for key in rest if key not in keys])
    there = city_marks(warehouse) if cities else {}
    forget_cities([city for city in cities if city not in there], runner.instance)
    return True


def _changed(warehouse: Warehouse, registry: Path, instance: dg.DagsterInstance) -> list[str]:
    """Cities whose chosen values changed, each a partition; one of no city is taken out."""
    from oib_pipeline.registry.registry import load_registry

    marks, ledger = city_marks(warehouse), read_ledger(warehouse)
    known = {*marks, *ledger.parts(CITY), *load_registry(registry).cities["city_code"]}
    forget_cities([*{*instance.get_dynamic_partitions("city")} - known], instance)
    register(instance, "city", marks)
    return changed_cities(marks, ledger)


def _note_unchanged(plan: Plan, inputs: Inputs, warehouse: Warehouse) -> None:
    """``core_city_year`` holds what new sources give: noted in the ledger without a run."""
    chain = Chain(inputs, read_ledger(warehouse))
    stage = "core_city_year"
    marks = {part: chain.made_from(stage, part) for part in plan.parts(stage)}
    if marks:
        noted = {part: chain.made_of(stage, part) for part in marks}
        warehouse.replace_slices([entries(stage, marks, noted)])
