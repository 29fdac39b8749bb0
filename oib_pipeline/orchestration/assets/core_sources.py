"""The asset that puts releases side by side and chooses between them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import dagster as dg

from oib_pipeline.contract.counting import plural
from oib_pipeline.contract.errors import OibError
from oib_pipeline.freshness.refusals import under_trial
from oib_pipeline.orchestration.assets.expected import expectations
from oib_pipeline.orchestration.assets.raw_observations import raw_observations
from oib_pipeline.orchestration.card import card
from oib_pipeline.orchestration.carry_out import Made, carry_out
from oib_pipeline.orchestration.project import Project

if TYPE_CHECKING:
    import pandas as pd

STAGE = "core_sources"


@dg.asset(
    **card(STAGE, also=("core_conflicts",), kinds={"python", "pandas", "duckdb"}),
    deps=[raw_observations],
)
def core_sources(context: dg.AssetExecutionContext, project: Project) -> Iterator[Any]:
    """Every order of sources that a study uses and that changed."""
    yield from carry_out(context, project, lambda: _choose(project))


def _choose(project: Project) -> Made:
    import pandas as pd

    from oib_pipeline.panel import conflicts
    from oib_pipeline.quality import check_sources

    chain = project.chain()
    todo = precedences(project, STAGE)
    frames = {precedence: _sources(project, precedence) for precedence in todo}
    sources = pd.concat(frames.values(), ignore_index=True)
    differing = pd.concat([conflicts(frame) for frame in frames.values()], ignore_index=True)
    extent = {"precedence": todo}
    return Made(
        slices=[(STAGE, sources, extent), ("core_conflicts", differing, extent)],
        marks={STAGE: {precedence: chain.made_from(STAGE, precedence) for precedence in todo}},
        outcomes=[
            outcome
            for precedence, frame in frames.items()
            for study, expected in expectations(project, precedence)
            for outcome in project.checked(f"{STAGE}-{study}", check_sources, frame, **expected)
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
