"""What Dagster shows of an asset before it ever ran: group, owner, description, columns, checks."""

from __future__ import annotations

import warnings
from datetime import timedelta
from typing import Any

import dagster as dg

from oib_pipeline.contract.tables import Table, tables
from oib_pipeline.freshness.fingerprints import stage_code
from oib_pipeline.orchestration.checks import specs

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


def card(
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
        "metadata": {**_columns(stage), **KEPT_UP},
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


def _columns(stage: str) -> dict[str, Any]:
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
