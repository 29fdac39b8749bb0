"""Checks that a failed stage did not get to: what was last found of the table, which stands."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import dagster as dg
from dagster._core.storage.asset_check_execution_record import (
    COMPLETED_ASSET_CHECK_EXECUTION_RECORD_STATUSES as FINISHED,
)

AGAIN = "not looked at again, for the stage failed; of the table as it stands: "
NEVER = "not looked at, for the stage failed"


def standing(
    context: dg.AssetExecutionContext, looked_at: Collection[str]
) -> Iterator[dg.AssetCheckResult]:
    """Results of the checks of the run that are not among those looked at.

    Dagster shows a check without a result as failed, as if something were wrong with what it
    looks at; what a failed stage would have replaced is as it was.

    Parameters
    ----------
    looked_at
        Names of the checks that have a result.
    """
    if not context.has_assets_def:
        return
    for key in sorted(context.selected_asset_check_keys, key=lambda key: key.name):
        if key.name not in looked_at:
            yield _standing(context.instance, key)


def last_result(
    instance: dg.DagsterInstance, key: dg.AssetCheckKey
) -> dg.AssetCheckEvaluation | None:
    """What a check last found; None where it never did."""
    records = instance.event_log_storage.get_asset_check_execution_history(
        key, limit=1, status=set(FINISHED)
    )
    event = records[0].event if records else None
    return (
        event.dagster_event.asset_check_evaluation_data if event and event.dagster_event else None
    )


def _standing(instance: dg.DagsterInstance, key: dg.AssetCheckKey) -> dg.AssetCheckResult:
    last = last_result(instance, key)
    if last is None:
        return dg.AssetCheckResult(
            asset_key=key.asset_key,
            check_name=key.name,
            passed=False,
            severity=dg.AssetCheckSeverity.WARN,
            description=NEVER,
        )
    found = (last.description or "").removeprefix(AGAIN)
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=last.passed,
        severity=last.severity,
        description=found if found == NEVER else AGAIN + found,
        metadata=last.metadata,
    )
