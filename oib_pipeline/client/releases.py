"""Releases read and put side by side; one that is refused does not hold back the others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from oib_pipeline.client.removal import RAW, strike_releases
from oib_pipeline.client.runs import RunFailed, Runner
from oib_pipeline.defs.lib.materialize import progress
from oib_pipeline.defs.partitions import covering_ranges, register
from oib_pipeline.settings import Settings
from oib_pipeline.versions.data_version import Chain
from oib_pipeline.versions.inputs import Inputs
from oib_pipeline.versions.ledger import entries, read_ledger
from oib_pipeline.versions.plan import Plan, make_plan
from oib_pipeline.versions.refusals import without_refused
from oib_pipeline.warehouse import Warehouse

if TYPE_CHECKING:
    import pandas as pd

    from oib_pipeline.warehouse.warehouse import Slice


STAGE = "raw_observations"
Rows = list[tuple[str, "pd.DataFrame", "Slice"]]


def make_sources(plan: Plan, inputs: Inputs, runner: Runner) -> tuple[Plan, Inputs]:
    """What is left to do, and from what, once all releases that can be used are chosen from.

    Raises
    ------
    RunFailed
        Where a stage fails for another reason than a release that it names.
    """
    settings = runner.settings
    warehouse = Warehouse(settings.warehouse)
    before = {name: _rows(warehouse, name) for name in _unpublished(plan, settings)}
    while True:
        try:
            _run(plan, inputs, runner)
            return plan, inputs
        except RunFailed as failure:
            now = without_refused(settings, inputs, read_ledger(warehouse))
            new = sorted({*now.refused} - {*inputs.refused})
            if not new:
                raise
            _put_back(settings, inputs, new, before)
            inputs, plan = now, make_plan(settings, now, read_ledger(warehouse))
            if not plan.ready:
                raise failure
            if plan.stale:
                progress.info("%s", f"refused: {', '.join(new)}; going on without")


def _run(plan: Plan, inputs: Inputs, runner: Runner) -> None:
    releases = plan.parts(STAGE)
    register(runner.instance, "release", releases)
    sources = [dg.AssetKey("core_sources")] if plan.parts("core_sources") else []
    aside = {*inputs.refused, *inputs.waiting}
    ranges = covering_ranges(runner.instance, "release", releases, aside)
    for place in ranges[:-1]:
        runner.run([dg.AssetKey(STAGE)], place)
    if ranges:
        runner.run([dg.AssetKey(STAGE), *sources], ranges[-1])
    elif sources:
        runner.run(sources)


def _unpublished(plan: Plan, settings: Settings) -> list[str]:
    """Releases about to be read again of which the published copy has something else."""
    held, last = (_marks(place) for place in (settings.warehouse, settings.published))
    return [name for name in plan.parts(STAGE) if name in held and held[name] != last.get(name)]


def _marks(place: Path) -> dict[str, str]:
    return read_ledger(Warehouse(place)).parts(STAGE)


def _rows(warehouse: Warehouse, release: str) -> Rows:
    """All that the warehouse holds of a release, as slices that would write it again."""
    own: Slice = {"release": release}
    ledger = read_ledger(warehouse)
    marks = {release: ledger.fingerprints[STAGE, release]}
    noted = entries(STAGE, marks, {release: ledger.components(STAGE, release)})
    return [*((table, warehouse.read(table, own), own) for table in RAW), noted]


def _put_back(
    settings: Settings, inputs: Inputs, refused: Sequence[str], before: dict[str, Rows]
) -> None:
    """What was read of refused releases taken out again; what was there before put back.

    That stands in the published copy, also where an earlier refresh was killed before a refusal;
    ``before`` has what was never published.
    """
    warehouse, published = Warehouse(settings.warehouse), Warehouse(settings.published)
    ledger, last = read_ledger(warehouse), _marks(settings.published)
    chain = Chain(inputs, ledger)
    for name in refused:
        bad = chain.expected(STAGE, name)
        if ledger.fingerprints.get((STAGE, name)) != bad:
            continue
        if name in before:
            warehouse.replace_slices(before[name])
        elif last.get(name, bad) != bad:
            warehouse.replace_slices(_rows(published, name))
        else:
            strike_releases(warehouse, [name])
