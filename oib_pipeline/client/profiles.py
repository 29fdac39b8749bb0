"""City profiles after a refresh: those a new report took away, added cities', or all missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from oib_pipeline.contract.errors import disk_in_words
from oib_pipeline.defs.lib.locks import only_one
from oib_pipeline.settings import Settings
from oib_pipeline.versions.inputs import read_inputs
from oib_pipeline.versions.plan import ASKED, pages_there, pages_to_make
from oib_pipeline.warehouse import Warehouse

if TYPE_CHECKING:
    import dagster as dg

Say = Callable[[str], object]  # takes one line of progress at a time


_CAME = """
SELECT study, vintage, name FROM meta.meta_vintage_changes
WHERE kind = 'city' AND change IN ('added', 'recoded') ORDER BY ALL
"""
_LAST = "SELECT study, max(vintage) FROM meta.meta_vintages GROUP BY study"


def make_missing_profiles(
    settings: Settings,
    studies: Sequence[str],
    *,
    say: Say,
    instance: dg.DagsterInstance | None = None,
    verbose: bool = False,
) -> None:
    """A profile for each city of the studies' samples that has none."""
    from oib_pipeline.registry.registry import load_registry

    registry = load_registry(settings.registry)
    wanted = {}
    for name, study in read_inputs(settings, studies).studies.items():
        wanted[name] = _without_page(settings, name, registry.sample(study.sample))
        if not wanted[name]:
            say(f"{name}: every city has its profile")
    make_profiles_of(settings, wanted, say=say, instance=instance, verbose=verbose)


def make_due_profiles(
    settings: Settings,
    studies: Sequence[str],
    *,
    say: Say,
    instance: dg.DagsterInstance | None = None,
    cause: str = "",
    verbose: bool = False,
) -> None:
    """Profiles that a new report took away, and those of cities that came with it."""
    wanted = {name: pages_to_make(settings.reports / name) for name in studies}
    for name, codes in wanted.items():
        if codes:
            say(f"{name}: the report is new, so the profiles it had are made anew: {len(codes)}")
    for name, codes in _added_without_profile(settings, studies).items():
        wanted[name] = sorted({*wanted[name], *codes})
    make_profiles_of(settings, wanted, say=say, instance=instance, cause=cause, verbose=verbose)


def _added_without_profile(settings: Settings, studies: Iterable[str]) -> dict[str, list[str]]:
    """Cities that came with the last vintage of each study and have no profile yet."""
    warehouse = Warehouse(settings.warehouse)
    last = dict(warehouse.rows(_LAST, needs="meta_vintages"))
    rows = warehouse.rows(_CAME, needs="meta_vintage_changes")
    came: dict[str, list[str]] = {name: [] for name in studies}
    for study, vintage, code in rows:
        if study in came and vintage == last.get(study):
            came[study].append(str(code))
    missing = {name: _without_page(settings, name, codes) for name, codes in came.items()}
    return {name: codes for name, codes in missing.items() if codes}


def make_profiles_of(
    settings: Settings,
    wanted: Mapping[str, Sequence[str]],
    *,
    say: Say,
    instance: dg.DagsterInstance | None = None,
    cause: str = "",
    verbose: bool = False,
) -> None:
    """The profiles of some cities of each study, in one run a study."""
    if not any(wanted.values()):
        return
    import dagster as dg

    from oib_pipeline.client.runs import Runner, progress_lines, project_instance
    from oib_pipeline.defs.assets import asset_definitions
    from oib_pipeline.defs.partitions import covering_range, register

    with only_one(settings.lock), disk_in_words(settings.data):
        inputs = read_inputs(settings, list(wanted))
        with progress_lines(say), project_instance(settings, instance) as own:
            definitions = asset_definitions(inputs.studies.values())
            names = tuple(inputs.studies)
            runner = Runner(definitions, own, settings, names, cause or "profiles", verbose)
            for name, codes in wanted.items():
                if codes:
                    register(own, "city", codes)
                    key = dg.AssetKey([name, "out_city_profiles"])
                    tags = {**covering_range(own, "city", codes), ASKED: " ".join(codes)}
                    runner.run([key], tags)


def _without_page(settings: Settings, study: str, codes: Iterable[str]) -> list[str]:
    made = pages_there(settings.reports / study)
    return [code for code in codes if code not in made]
