"""Assets core_sources, core_city_year, core_indices."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

from oib_pipeline.contract.counting import plural
from oib_pipeline.contract.errors import OibError
from oib_pipeline.defs.lib.materialize import StageResult, materialize
from oib_pipeline.defs.lib.specs import asset_spec
from oib_pipeline.defs.partitions import cities
from oib_pipeline.defs.raw import raw_observations
from oib_pipeline.defs.resources import Project
from oib_pipeline.versions.content import changed_cities, city_marks
from oib_pipeline.versions.ledger import CITY, Ledger
from oib_pipeline.versions.refusals import under_trial

if TYPE_CHECKING:
    import pandas as pd

    from oib_pipeline.quality import Outcome


def expectations(project: Project, precedence: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name of each study with this order of sources, and the years, cities and scope it expects.

    Only years that its releases declare: the lack of others stops the study, and not the tables
    that it shares with others.
    """
    releases = {"release": project.chain().releases_for(precedence)}
    declared = project.warehouse.read("raw_releases", releases)[["first_year", "last_year"]]
    held = {
        year
        for first, last in declared.itertuples(index=False)
        for year in range(int(first), int(last) + 1)
    }
    for study in project.inputs.studies.values():
        if study.precedence == precedence:
            cities = project.registry.sample(study.sample)
            yield (
                study.name,
                {
                    "years": [year for year in study.year_list if year in held],
                    "cities": cities,
                    "scope": study.scope,
                },
            )


SOURCES_STAGE = "core_sources"


@dg.asset(
    **asset_spec(SOURCES_STAGE, also=("core_conflicts",), kinds={"python", "pandas", "duckdb"}),
    deps=[raw_observations],
)
def core_sources(context: dg.AssetExecutionContext, project: Project) -> Iterator[Any]:
    """Every order of sources that a study uses and that changed."""
    yield from materialize(context, project, lambda: _choose(project))


def _choose(project: Project) -> StageResult:
    import pandas as pd

    from oib_pipeline.panel import conflicts
    from oib_pipeline.quality.suites.sources import check_sources

    chain = project.chain()
    todo = precedences(project, SOURCES_STAGE)
    frames = {precedence: _sources(project, precedence) for precedence in todo}
    sources = pd.concat(frames.values(), ignore_index=True)
    differing = pd.concat([conflicts(frame) for frame in frames.values()], ignore_index=True)
    extent = {"precedence": todo}
    return StageResult(
        slices=[(SOURCES_STAGE, sources, extent), ("core_conflicts", differing, extent)],
        marks={
            SOURCES_STAGE: {
                precedence: chain.made_from(SOURCES_STAGE, precedence) for precedence in todo
            }
        },
        outcomes=[
            outcome
            for precedence, frame in frames.items()
            for study, expected in expectations(project, precedence)
            for outcome in project.checked(
                f"{SOURCES_STAGE}-{study}", check_sources, frame, **expected
            )
        ],
        tried=frozenset().union(*(under_trial(chain, precedence) for precedence in todo)),
        said=f"{int(sources['chosen'].sum()):,} of {plural(len(sources), 'value')} chosen, "
        f"{plural(len(differing), 'conflict')}",
    )


def _sources(project: Project, precedence: str) -> "pd.DataFrame":
    from oib_pipeline.panel import apply_corrections, candidates, read_corrections, reconcile

    study = project.inputs.precedences[precedence]
    extent = {"release": project.chain().releases_for(precedence)}
    observations = project.warehouse.read("raw_observations", extent)
    releases = project.warehouse.read("raw_releases", extent)
    corrections = read_corrections(project.settings.corrections, project.registry)
    corrected = apply_corrections(observations, corrections)
    return reconcile(candidates(corrected, releases, study), study.sources)


def precedences(project: Project, stage: str) -> list[str]:
    """Orders of sources whose slice of a stage changed; all that have releases where none did."""
    chain = project.chain()
    ready = sorted(name for name in project.inputs.precedences if chain.releases_for(name))
    if not ready:
        raise OibError(f"{project.settings.raw} holds no release that a study uses")
    return [name for name in ready if not chain.is_current(stage, name)] or ready


CITY_YEAR_STAGE = "core_city_year"


@dg.asset(
    **asset_spec(CITY_YEAR_STAGE, kinds={"python", "pandas", "duckdb"}),
    deps=[core_sources],
    partitions_def=cities,
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def core_city_year(context: dg.AssetExecutionContext, project: Project) -> Iterator[Any]:
    """The cities of the run, in every order of sources."""
    yield from materialize(
        context, project, lambda: _lay_out(project, list(context.partition_keys))
    )


def _lay_out(project: Project, keys: Sequence[str]) -> StageResult:
    import pandas as pd

    from oib_pipeline.panel import assemble

    warehouse, chain = project.warehouse, project.chain()
    sources = warehouse.read("core_sources")
    frame = assemble(sources[sources["city_code"].isin(keys)])
    others = warehouse.read(CITY_YEAR_STAGE)
    whole = pd.concat([others[~others["city_code"].isin(keys)], frame], ignore_index=True)
    marks = city_marks(warehouse)
    made = {key: marks[key] for key in keys if key in marks}
    gone = [key for key in keys if key not in marks]
    if not made and not chain.ledger.parts(CITY).keys() & {*keys}:
        raise OibError(f"no release gives a value of {', '.join(keys)}: is it a city's code?")
    now = {city: m for city, m in {**chain.ledger.parts(CITY), **made}.items() if city not in gone}
    waiting = changed_cities(marks, Ledger({(CITY, city): m for city, m in now.items()}, {}))
    done = {} if waiting else chain.ledger.parts("core_sources")
    if waiting:
        whole, sources = frame, sources[sources["city_code"].isin(keys)]
    rows = frame["city_code"].value_counts()
    return StageResult(
        slices=[(CITY_YEAR_STAGE, frame, {"city_code": keys})],
        marks={
            CITY: made,
            CITY_YEAR_STAGE: {part: chain.made_from(CITY_YEAR_STAGE, part) for part in done},
        },
        gone={CITY: gone},
        outcomes=_outcomes(project, whole, sources, len(waiting)),
        said=f"{plural(len(frame), 'row')} for {plural(len(made), 'city', 'cities')}",
        rows={key: int(rows.get(key, 0)) for key in keys},
    )


def _outcomes(
    project: Project, whole: "pd.DataFrame", sources: "pd.DataFrame", waiting: int
) -> "list[Outcome]":
    from oib_pipeline.quality.suites.city_year import check_city_year

    known = set(project.registry.cities["city_code"])
    return [
        outcome
        for precedence in sorted(project.inputs.precedences)
        for study, expected in expectations(project, precedence)
        if whole.empty or (whole["precedence"] == precedence).any()
        for outcome in project.checked(
            f"{CITY_YEAR_STAGE}-{study}",
            check_city_year,
            whole[whole["precedence"] == precedence],
            known_cities=known,
            sources=sources[sources["precedence"] == precedence],
            **expected,
            waiting=waiting,
        )
    ]


INDICES_STAGE = "core_indices"


@dg.asset(
    **asset_spec(INDICES_STAGE, also=("core_findings",), kinds={"python", "pandas", "duckdb"}),
    deps=[core_city_year],
)
def core_indices(context: dg.AssetExecutionContext, project: Project) -> Iterator[Any]:
    """Every order of sources that changed."""
    yield from materialize(context, project, lambda: _indices(project))


def _indices(project: Project) -> StageResult:
    import pandas as pd

    from oib_pipeline.indices import compute_indices
    from oib_pipeline.panel import findings
    from oib_pipeline.quality.suites.city_year import check_indices
    from oib_pipeline.quality.suites.sources import check_findings

    chain, todo = project.chain(), precedences(project, INDICES_STAGE)
    extent = {"precedence": todo}
    indices = compute_indices(project.warehouse.read("core_city_year", extent))
    sources = project.warehouse.read("core_sources", extent)
    by_order = [
        (name, sources[sources["precedence"] == name], indices[indices["precedence"] == name])
        for name in todo
    ]
    odd = pd.concat([findings(values, made) for _, values, made in by_order], ignore_index=True)
    outcomes = [
        outcome
        for name, values, made in by_order
        for study, expected in expectations(project, name)
        for outcome in project.checked(
            f"{INDICES_STAGE}-{study}", check_indices, made, sources=values, **expected
        )
    ]
    return StageResult(
        slices=[(INDICES_STAGE, indices, extent), ("core_findings", odd, extent)],
        marks={INDICES_STAGE: {name: chain.made_from(INDICES_STAGE, name) for name in todo}},
        outcomes=[*outcomes, *project.checked("core_findings", check_findings, odd)],
        said=f"AIS for {int(indices['ais'].notna().sum()):,} and Theil for "
        f"{int(indices['theil'].notna().sum()):,} of {plural(len(indices), 'row')}, "
        f"{plural(len(odd), 'finding')}",
    )
