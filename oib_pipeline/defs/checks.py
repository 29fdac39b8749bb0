"""Asset checks from quality.catalogue, and their results."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.storage.asset_check_execution_record import (
    COMPLETED_ASSET_CHECK_EXECUTION_RECORD_STATUSES as FINISHED,
)

from oib_pipeline.quality import BEFORE, CHECKS

if TYPE_CHECKING:
    from oib_pipeline.contract.errors import SourceError
    from oib_pipeline.quality import Outcome


TABLES = {"out_report": "report"}  # the catalogue's name where it is not the stage's
READABLE = "readable"
RAW = "raw_observations"


def specs(key: dg.AssetKey, stages: Sequence[str]) -> list[dg.AssetCheckSpec]:
    """Checks of an asset and of the tables it fills beside its own."""
    return [
        dg.AssetCheckSpec(
            check_name(key, table, check.name),
            asset=key,
            description=check.description,
            blocking=check.blocking,
        )
        for table in (TABLES.get(stage, stage) for stage in stages)
        for check in (*BEFORE.get(table, ()), *CHECKS.get(table, ()))
    ]


def readable(releases: Sequence[str], refused: Sequence[SourceError]) -> Outcome:
    """Whether releases could be read: what stood in the way, with file, sheet and cell."""
    import dataclasses

    import pandas as pd

    from oib_pipeline.quality import Outcome

    problems = [problem for error in refused for problem in error.problems]
    rows = pd.DataFrame([dataclasses.asdict(problem) for problem in problems])
    told = "\n".join(str(error) for error in refused)
    return Outcome(
        check=READABLE,
        table=RAW,
        passed=not problems,
        severity="error",
        blocking=True,
        summary=told or f"{len(releases)} read",
        failing=rows,
        evidence={"rows": len(releases), "failing_rows": len(rows)},
    )


def check_name(key: dg.AssetKey, table: str, check: str) -> str:
    """A check's name on its asset; one of a further table carries the table's name."""
    stage = key.path[-1]
    return check if table == TABLES.get(stage, stage) else f"{table}_{check}"


def results(
    key: dg.AssetKey, outcomes: Iterable[Outcome], page: Mapping[str, dg.MetadataValue]
) -> Iterator[dg.AssetCheckResult]:
    """Outcomes as Dagster records them: the evidence as markdown, ``page`` where all of it is."""
    for outcome in merged(outcomes):
        yield dg.AssetCheckResult(
            asset_key=key,
            check_name=check_name(key, outcome.table, outcome.check),
            passed=outcome.passed,
            severity=_severity(outcome),
            description=outcome.summary + _rows(outcome),
            metadata={
                "evidence": dg.MetadataValue.md(outcome.markdown()),
                "rows": int(outcome.evidence.get("rows", 0)),
                "failing_rows": int(outcome.evidence.get("failing_rows", len(outcome.failing))),
                **page,
            },
        )


def merged(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """One outcome for each check: where several slices were looked at, all have to pass."""
    by_check: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in outcomes:
        by_check.setdefault((outcome.table, outcome.check), []).append(outcome)
    return [_one(group) for group in by_check.values()]


def refusal(outcomes: Iterable[Outcome]) -> str:
    """Why a stage stops, for a person; empty where nothing stops it."""
    stopping = [outcome for outcome in merged(outcomes) if outcome.stops]
    return "\n".join(
        outcome.summary
        if outcome.check == READABLE
        else f"check {outcome.check} of {outcome.table} failed: {outcome.summary}{_rows(outcome)}"
        for outcome in stopping
    )


def releases_named(outcomes: Iterable[Outcome], tried: Collection[str]) -> dict[str, str]:
    """Releases among those tried that blocking checks name, each with what they say of it."""
    import dataclasses

    found: dict[str, list[Outcome]] = {}
    for outcome in merged(outcomes):
        if outcome.stops and "release" in outcome.failing.columns:
            for release, rows in outcome.failing.groupby("release"):
                if release in tried:
                    own = dataclasses.replace(outcome, failing=rows)
                    found.setdefault(str(release), []).append(own)
    return {release: _told_of(release, own) for release, own in found.items()}


def _told_of(release: str, outcomes: Sequence[Outcome]) -> str:
    from oib_pipeline.contract.errors import Problem, SourceError

    lines = [f"release {release!r} was refused"]
    for outcome in outcomes:
        if outcome.check == READABLE:
            rows = outcome.failing.to_dict("records")
            return str(
                SourceError([Problem(**{str(k): v for k, v in row.items()}) for row in rows])
            )
        lines.append(f"check {outcome.check} of {outcome.table} failed:{_rows(outcome, shown=10)}")
    return "\n".join(lines)


def _rows(outcome: Outcome, shown: int = 3) -> str:
    rows = outcome.failing.head(shown).to_dict("records")
    lines = [
        ", ".join(f"{name} {value}" for name, value in row.items() if str(value)) for row in rows
    ]
    if len(outcome.failing) > shown:
        lines.append(f"... and {len(outcome.failing) - shown} more")
    return "".join(f"\n  - {line}" for line in lines)


def _one(group: Sequence[Outcome]) -> Outcome:
    import dataclasses

    import pandas as pd

    if len(group) == 1:
        return group[0]
    failed = [outcome for outcome in group if not outcome.passed]
    return dataclasses.replace(
        group[0],
        passed=not failed,
        summary="; ".join(dict.fromkeys(outcome.summary for outcome in failed or group)),
        failing=pd.concat([outcome.failing for outcome in group], ignore_index=True),
        evidence={
            "rows": sum(outcome.evidence.get("rows", 0) for outcome in group),
            "failing_rows": sum(outcome.evidence.get("failing_rows", 0) for outcome in group),
            "expectations": [
                item for outcome in group for item in outcome.evidence.get("expectations", [])
            ],
        },
    )


def _severity(outcome: Outcome) -> dg.AssetCheckSeverity:
    warn = outcome.severity == "warn"
    return dg.AssetCheckSeverity.WARN if warn else dg.AssetCheckSeverity.ERROR


AGAIN = "not looked at again, for the stage failed; of the table as it stands: "
NEVER = "not looked at, for the stage failed"


def current_results(
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
