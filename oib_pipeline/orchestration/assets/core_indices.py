"""The asset that computes the indices of industrial structure and the controls."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from oib_pipeline.contract.counting import plural
from oib_pipeline.orchestration.assets.core_city_year import core_city_year
from oib_pipeline.orchestration.assets.core_sources import precedences
from oib_pipeline.orchestration.assets.expected import expectations
from oib_pipeline.orchestration.card import card
from oib_pipeline.orchestration.carry_out import Made, carry_out
from oib_pipeline.orchestration.project import Project

STAGE = "core_indices"


@dg.asset(
    **card(STAGE, also=("core_findings",), kinds={"python", "pandas", "duckdb"}),
    deps=[core_city_year],
)
def core_indices(context: dg.AssetExecutionContext, project: Project) -> Iterator[Any]:
    """Every order of sources that changed."""
    yield from carry_out(context, project, lambda: _indices(project))


def _indices(project: Project) -> Made:
    import pandas as pd

    from oib_pipeline.indices import compute_indices
    from oib_pipeline.panel import findings
    from oib_pipeline.quality import check_findings, check_indices

    chain, todo = project.chain(), precedences(project, STAGE)
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
            f"{STAGE}-{study}", check_indices, made, sources=values, **expected
        )
    ]
    return Made(
        slices=[(STAGE, indices, extent), ("core_findings", odd, extent)],
        marks={STAGE: {name: chain.made_from(STAGE, name) for name in todo}},
        outcomes=[*outcomes, *project.checked("core_findings", check_findings, odd)],
        said=f"AIS for {int(indices['ais'].notna().sum()):,} and Theil for "
        f"{int(indices['theil'].notna().sum()):,} of {plural(len(indices), 'row')}, "
        f"{plural(len(odd), 'finding')}",
    )
