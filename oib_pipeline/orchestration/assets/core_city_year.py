"""The asset that lays the chosen values out, one row for each city, year and scope."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

from oib_pipeline.contract.counting import plural
from oib_pipeline.contract.errors import OibError
from oib_pipeline.freshness.cities import changed_cities, city_marks
from oib_pipeline.freshness.ledger import CITY, Ledger
from oib_pipeline.orchestration.assets.core_sources import core_sources
from oib_pipeline.orchestration.assets.expected import expectations
from oib_pipeline.orchestration.card import card
from oib_pipeline.orchestration.carry_out import Made, carry_out
from oib_pipeline.orchestration.partitions import cities
from oib_pipeline.orchestration.project import Project

if TYPE_CHECKING:
    import pandas as pd

    from oib_pipeline.quality import Outcome

STAGE = "core_city_year"


@dg.asset(
    **card(STAGE, kinds={"python", "pandas", "duckdb"}),
    deps=[core_sources],
    partitions_def=cities,
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def core_city_year(context: dg.AssetExecutionContext, project: Project) -> Iterator[Any]:
    """The cities of the run, in every order of sources."""
    yield from carry_out(context, project, lambda: _lay_out(project, list(context.partition_keys)))


def _lay_out(project: Project, keys: Sequence[str]) -> Made:
    import pandas as pd

    from oib_pipeline.panel import assemble

    warehouse, chain = project.warehouse, project.chain()
    sources = warehouse.read("core_sources")
    frame = assemble(sources[sources["city_code"].isin(keys)])
    others = warehouse.read(STAGE)
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
    return Made(
        slices=[(STAGE, frame, {"city_code": keys})],
        marks={
            CITY: made,
            STAGE: {part: chain.made_from(STAGE, part) for part in done},
        },
        gone={CITY: gone},
        outcomes=_outcomes(project, whole, sources, len(waiting)),
        said=f"{plural(len(frame), 'row')} for {plural(len(made), 'city', 'cities')}",
        rows={key: int(rows.get(key, 0)) for key in keys},
    )


def _outcomes(
    project: Project, whole: "pd.DataFrame", sources: "pd.DataFrame", waiting: int
) -> "list[Outcome]":
    from oib_pipeline.quality import check_city_year

    known = set(project.registry.cities["city_code"])
    return [
        outcome
        for precedence in sorted(project.inputs.precedences)
        for study, expected in expectations(project, precedence)
        if whole.empty or (whole["precedence"] == precedence).any()
        for outcome in project.checked(
            f"{STAGE}-{study}",
            check_city_year,
            whole[whole["precedence"] == precedence],
            known_cities=known,
            sources=sources[sources["precedence"] == precedence],
            **expected,
            waiting=waiting,
        )
    ]
