"""Drop releases, studies and source orders that are gone; report refused ones."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING

import dagster as dg

from oib_pipeline.client.refused import show_none_refused, show_resolved
from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.tables import tables
from oib_pipeline.settings import REMOVED, Settings
from oib_pipeline.study import read_studies
from oib_pipeline.versions.content import CONTENT, changed_cities, city_marks
from oib_pipeline.versions.data_version import STAGES
from oib_pipeline.versions.inputs import Inputs
from oib_pipeline.versions.ledger import CITY, entries, read_ledger, removed_entries
from oib_pipeline.versions.plan import Plan
from oib_pipeline.versions.refusals import forget_refusals
from oib_pipeline.warehouse import Warehouse

if TYPE_CHECKING:
    import pandas as pd

    from oib_pipeline.warehouse.warehouse import Slice


RAW = ("raw_observations", "raw_releases", "raw_skipped", "raw_findings")


def take_out(plan: Plan, inputs: Inputs, settings: Settings, instance: dg.DagsterInstance) -> None:
    """Rows, ledger entries, partitions and pages of all that the plan finds left behind."""
    warehouse = Warehouse(settings.warehouse)
    if plan.removed:
        strike_releases(warehouse, plan.removed)
    forget_refusals(settings, [*plan.forgotten, *plan.settled])
    for name in plan.settled:
        show_resolved(instance, name, warehouse.count(RAW[0], {"release": name}))
    if (plan.forgotten or plan.settled) and not inputs.refused:
        show_none_refused(instance, plan.forgotten, plan.settled)
    _forget_releases({*inputs.present, *read_ledger(warehouse).releases}, instance)
    if plan.dropped:
        stages = [*_stages("study"), CONTENT]
        _empty(warehouse, "study", plan.dropped, stages, _keyed("study"))
        for name in plan.dropped:
            _move_pages(settings, name)
    if plan.unused:
        _unused(plan, warehouse, instance)


def strike_releases(warehouse: Warehouse, names: Sequence[str]) -> None:
    """Everything read of some releases taken out of the warehouse."""
    _empty(warehouse, "release", names, [RAW[0]], RAW)


def _forget_releases(known: set[str], instance: dg.DagsterInstance) -> None:
    """Partitions of releases that are neither held nor there, refused ones among them."""
    for name in set(instance.get_dynamic_partitions("release")) - known:
        instance.delete_dynamic_partition("release", name)


def _unused(plan: Plan, warehouse: Warehouse, instance: dg.DagsterInstance) -> None:
    """Rows of an order of sources; cities that were up to date without them still are."""
    behind = set(changed_cities(city_marks(warehouse), read_ledger(warehouse)))
    _empty(warehouse, "precedence", plan.unused, _stages("precedence"), _keyed("precedence"))
    marks = city_marks(warehouse)
    gone = sorted({*read_ledger(warehouse).parts(CITY)} - {*marks})
    current = {city: mark for city, mark in marks.items() if city not in behind}
    warehouse.replace_slices([entries(CITY, current), removed_entries(CITY, gone)])
    forget_cities(gone, instance)


def forget_cities(cities: Sequence[str], instance: dg.DagsterInstance) -> None:
    """Partitions of cities that have no value any more, deleted."""
    known = set(instance.get_dynamic_partitions("city"))
    for city in sorted(known & set(cities)):
        instance.delete_dynamic_partition("city", city)


def _empty(
    warehouse: Warehouse, key: str, names: Sequence[str], stages: Sequence[str], held: Sequence[str]
) -> None:
    extent: Slice = {key: list(names)}
    slices = [(table, _nothing(table), extent) for table in held]
    warehouse.replace_slices([*slices, *(removed_entries(stage, names) for stage in stages)])


def _nothing(table: str) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns=list(tables()[table].key))


def _stages(part: str) -> list[str]:
    return [name for name, stage in STAGES.items() if stage.part == part]


def _keyed(key: str) -> list[str]:
    return [name for name, table in tables().items() if key in table.key]


def _move_pages(settings: Settings, study: str) -> None:
    """The last report kept apart, the pages of its checks deleted."""
    from oib_pipeline.quality.pages import write_contents

    place, report = settings.reports / REMOVED / study, settings.reports / study
    if report.is_dir():
        shutil.rmtree(place, ignore_errors=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        report.rename(place)
    if settings.quality.is_dir():
        shutil.rmtree(settings.quality / "checks" / study, ignore_errors=True)
        write_contents(settings.quality)
    (settings.quality / "stopped" / f"{study}.html").unlink(missing_ok=True)


def policy_of(settings: Settings, sample: str) -> str:
    """The one policy that the studies of a sample evaluate.

    Raises
    ------
    OibError
        Where no study has the sample, or its studies evaluate several policies.
    """
    policies = policies_of(settings, sample)
    if len(policies) != 1:
        told = ", ".join(policies) or "no policy, for no study has it"
        raise OibError(f"the sample {sample} is evaluated for {told}: give --policy")
    return policies[0]


def policies_of(settings: Settings, sample: str) -> list[str]:
    """The policies that the studies of a sample evaluate, sorted."""
    studies = read_studies(settings.studies).values()
    return sorted({study.policy for study in studies if study.sample == sample})
