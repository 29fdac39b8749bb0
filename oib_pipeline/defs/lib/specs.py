"""Asset spec from the contract: columns, lineage, owners, code version."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import dagster as dg

from oib_pipeline.analysis.catalogue import RESULTS
from oib_pipeline.contract.tables import Table, tables
from oib_pipeline.contract.variables import variables
from oib_pipeline.defs.checks import specs
from oib_pipeline.indices.table import inputs_of
from oib_pipeline.versions.data_version import stage_code

warnings.filterwarnings("ignore", category=dg.BetaWarning)  # as single-run backfills are called

OWNERS = ["team:evaluation"]
# By 1 April the yearbook with the data of the year before last is in: what has not been made since
# 1 October rests on an older one.
YEARLY = dg.FreshnessPolicy.cron(
    deadline_cron="0 6 1 4 *", lower_bound_delta=timedelta(days=182), timezone="Asia/Shanghai"
)
# Shown on the page of each asset, where Dagster lists only what targets a single asset.
_PLACE = "/locations/oib_pipeline"
KEPT_UP = {
    "kept up to date by": dg.MetadataValue.md(
        f"the sensor [arrivals]({_PLACE}/sensors/arrivals) and the schedule "
        f"[annual_refresh]({_PLACE}/schedules/annual_refresh): both start the job "
        f"[refresh]({_PLACE}/jobs/refresh), which makes whatever its inputs have changed."
    )
}
FRESH = ("core_study_panel", "out_report")


def asset_spec(
    stage: str, *, study: str = "", also: tuple[str, ...] = (), kinds: set[str]
) -> dict[str, Any]:
    """Arguments of ``dg.asset`` for the stage that fills the table of the same name.

    Parameters
    ----------
    study
        Key prefix of a study's own assets.
    also
        Further tables that the stage fills beside its own.
    """
    key = dg.AssetKey([study, stage] if study else [stage])
    return {
        "key": key,
        "group_name": stage.split("_", 1)[0],
        "description": _description(stage, also),
        "kinds": kinds,
        "owners": OWNERS,
        "code_version": stage_code(stage)[:12],
        "metadata": {**_column_schema(stage), **KEPT_UP},
        "check_specs": specs(key, (stage, *also)),
        "freshness_policy": YEARLY if stage in FRESH else None,
    }


def table_schema(table: Table) -> dg.TableSchema:
    """A table of the contract as Dagster shows it."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=name,
                type=column.type,
                description=column.about,
                constraints=dg.TableColumnConstraints(nullable=name not in table.key),
            )
            for name, column in table.columns.items()
        ],
        constraints=dg.TableConstraints(other=[f"key: {', '.join(table.key)}"]),
    )


def _column_schema(stage: str) -> dict[str, Any]:
    table = tables().get(stage)
    if table is None:
        return {}
    return {"dagster/column_schema": table_schema(table), "dagster/table_name": table.qualified}


def _description(stage: str, also: tuple[str, ...]) -> str:
    if stage not in tables():
        return (
            "The report of a study: one self-contained page, with its tables and figures beside it."
        )
    lines = [tables()[stage].about]
    lines += [f"Also fills `{name}`: {tables()[name].about}" for name in also]
    return "\n\n".join(lines)


Named = Mapping[str, Sequence[str]]


def column_lineage(stage: str, before: Iterable[dg.AssetKey]) -> dg.TableColumnLineage:
    """Lineage of a stage's table, column by column.

    A column comes from the columns that ``lineage.yml`` or the catalogue of results names, an
    index or control from the inputs it declares, and any other from the columns named alike.

    Parameters
    ----------
    before
        Assets that the stage reads.
    """
    keys = {key.path[-1]: key for key in before}
    found: dict[str, list[dg.TableColumnDep]] = {}
    for column in tables()[stage].columns:
        deps = _stated(stage, column, keys) or _alike(column, keys)
        if deps:
            found[column] = deps
    return dg.TableColumnLineage(deps_by_column=found)


def _stated(stage: str, column: str, keys: Mapping[str, dg.AssetKey]) -> list[dg.TableColumnDep]:
    declared = {one.table: one.lineage for one in RESULTS.values()}
    rules: Named = declared.get(stage) or _rules().get(stage, {})
    variable = "each variable" if column in variables() else ""
    places = rules.get(column) or rules.get(variable) or []
    if stage == "core_indices":
        places = [f"core_city_year.{name}" for name in inputs_of(column)]
    return [
        dg.TableColumnDep(asset_key=keys[table], column_name=name)
        for table, _, name in (place.partition(".") for place in places)
        if table in keys
    ]


def _alike(column: str, keys: Mapping[str, dg.AssetKey]) -> list[dg.TableColumnDep]:
    return [
        dg.TableColumnDep(asset_key=key, column_name=column)
        for name, key in keys.items()
        if column in _lineage_columns(name)
    ]


def _lineage_columns(stage: str) -> Iterable[str]:
    table: Table | None = tables().get(stage)
    return table.columns if table else ()


@cache
def _rules() -> Mapping[str, Named]:
    import yaml

    found: Mapping[str, Named] = yaml.safe_load(
        files(__package__).joinpath("lineage.yml").read_text(encoding="utf-8")
    )
    return found
