"""One stage carried out: made, checked, written in one transaction, and told."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import dagster as dg

from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.tables import tables
from oib_pipeline.defs.checks import current_results, refusal, releases_named, results
from oib_pipeline.defs.lib.locks import LONG, only_one
from oib_pipeline.defs.lib.specs import column_lineage
from oib_pipeline.defs.resources import Project
from oib_pipeline.versions.data_version import STAGES
from oib_pipeline.versions.ledger import entries, removed_entries
from oib_pipeline.versions.refusals import note_refusals

if TYPE_CHECKING:
    import pandas as pd

    from oib_pipeline.quality import Outcome


progress = logging.getLogger("oib.progress")
PREVIEW = 10
ROWS = "dagster/row_count"
COUNTED = 100  # partitions; Dagster lists all of a run's anew for each that is told of
SYNTHETIC = "Synthetic data, made up for demonstration: no evidence about real cities."


@dataclass(frozen=True)
class StageResult:
    """What a stage made, not yet written.

    Attributes
    ----------
    slices
        (table, frame, extent) to write together.
    marks
        Fingerprint of each part, by stage, for the ledger.
    gone
        Parts to strike from the ledger, by stage.
    outcomes
        What the checks found.
    tried
        Releases that are refused where a blocking check names them.
    said
        What was made, with counts, for the line of progress.
    metadata
        Whatever else the asset shows.
    rows
        Rows of each partition of the run, where a partition is to show its own.
    """

    slices: list[tuple[str, pd.DataFrame, dict]]
    marks: dict[str, dict[str, str]]
    said: str
    outcomes: list[Outcome] = field(default_factory=list)
    tried: frozenset[str] = frozenset()
    gone: dict[str, list[str]] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)


def materialize(
    context: dg.AssetExecutionContext, project: Project, make: Callable[[], StageResult]
) -> Iterator[Any]:
    """The events of a stage; nothing is written unless every blocking check passes."""
    with alone(context, project):
        yield from _carried_out(context, project, make)


@contextmanager
def alone(context: dg.AssetExecutionContext, project: Project) -> Iterator[None]:
    """Whatever another process writes is waited for; a stage of a refresh is alone already."""
    try:
        with only_one(project.settings.lock, patience=LONG, say=context.log.info):
            yield
    except OibError as error:
        raise dg.Failure(str(error), allow_retries=False) from error


def _carried_out(
    context: dg.AssetExecutionContext, project: Project, make: Callable[[], StageResult]
) -> Iterator[Any]:
    began = time.monotonic()
    key = context.asset_key if context.has_assets_def else dg.AssetKey("?")
    try:
        made = make()
    except OibError as error:
        yield from current_results(context, ())
        raise dg.Failure(str(error), allow_retries=False) from error
    page = _page(project, key, made)
    found = list(results(key, made.outcomes, page))
    yield from found
    reason = refusal(made.outcomes)
    if reason:
        yield from current_results(
            context, {result.check_name for result in found if result.check_name}
        )
        named = releases_named(made.outcomes, made.tried)
        note_refusals(project.settings, project.chain(), key.path[-1], named)
        raise dg.Failure(reason, allow_retries=False)
    chain = project.chain()
    ledger = [
        entries(stage, marks, {part: chain.noted(stage, part) for part in marks})
        if stage in STAGES
        else entries(stage, marks)
        for stage, marks in made.marks.items()
        if marks
    ]
    ledger += [removed_entries(stage, parts) for stage, parts in made.gone.items() if parts]
    try:
        project.warehouse.replace_slices([*made.slices, *ledger])
    except OibError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    line = f"{'/'.join(key.path)}: {made.said}"
    context.log.info(line)
    progress.info("%s", f"{line}  ({time.monotonic() - began:.1f} s)")
    _count_rows(context, made.rows)
    metadata = {**_shown(made), **_lineage(context, key), **page, **made.metadata}
    yield dg.MaterializeResult(asset_key=key, metadata=metadata)


def _count_rows(context: dg.AssetExecutionContext, rows: Mapping[str, int]) -> None:
    """Each partition's own row count in place of the run's."""
    if len(rows) > COUNTED or not context.has_assets_def:
        return
    for partition, number in rows.items():
        context.add_asset_metadata({ROWS: number}, partition_key=partition)


def _lineage(context: dg.AssetExecutionContext, key: dg.AssetKey) -> dict[str, Any]:
    """Where each column of the table comes from, as Dagster draws it."""
    if key.path[-1] not in tables() or not context.has_assets_def:
        return {}
    before = context.assets_def.asset_deps.get(key, set())
    return {"dagster/column_lineage": column_lineage(key.path[-1], sorted(before))}


def _page(project: Project, key: dg.AssetKey, made: StageResult) -> dict[str, Any]:
    """The outcomes of the checks as a page, kept whether they pass or not."""
    from oib_pipeline.quality.pages import write_contents, write_page

    if not made.outcomes:
        return {}
    study = project.inputs.studies.get(key.path[0])
    banner = SYNTHETIC if study and study.synthetic else ""
    folder = project.settings.quality.joinpath("checks", *key.path)
    page = write_page(made.outcomes, folder, " / ".join(key.path), banner=banner)
    write_contents(project.settings.quality)
    return {"checks": dg.MetadataValue.path(str(page))}


def _shown(made: StageResult) -> dict[str, Any]:
    if not made.slices:
        return {}
    _, frame, _ = made.slices[0]
    shown: dict[str, Any] = {ROWS: len(frame)}
    shown["preview"] = dg.MetadataValue.md(_markdown(frame.head(PREVIEW)))
    shown |= {f"rows in {table}": len(other) for table, other, _ in made.slices[1:]}
    return shown


def _markdown(frame: pd.DataFrame) -> str:
    from oib_pipeline.quality.outcome import markdown_table

    return markdown_table(frame, PREVIEW)
