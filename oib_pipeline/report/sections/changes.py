"""What changed since the last vintage of the study's results, and why."""

from __future__ import annotations

from oib_pipeline.report.blocks import Block, Part, Points, Section, Text
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.labels import outcomes_in_words
from oib_pipeline.report.tables.changes import (
    changed_table,
    moved_by_result_table,
    moved_table,
    revised_table,
)
from oib_pipeline.report.text import capital

TITLE = "What changed since the last vintage"


def changes_sections(inputs: ReportInputs) -> list[Section]:
    """The section, where the results are kept as vintages."""
    if not inputs.vintage:
        return []
    return [Section("changes", TITLE, tuple(_blocks(inputs)))]


def _blocks(inputs: ReportInputs) -> list[Block]:
    number = inputs.vintage
    kept = (
        "A vintage is kept each time the panel or an estimate changes: its estimates in "
        "est_vintages, what it was made from in meta_vintage_inputs."
    )
    if not inputs.has("moves"):
        return [
            Text(
                f"These results are vintage {number}, the first: there is none before it to "
                f"compare with. {kept}"
            )
        ]
    why = [outcomes_in_words(line, inputs.study.outcomes) for line in inputs.why]
    blocks: list[Block] = [
        Text(f"These results are vintage {number}; below they stand beside vintage {number - 1}."),
        Points(tuple(f"{capital(line.rstrip('.'))}." for line in why)),
        moved_table(inputs.frame("moves")),
        moved_by_result_table(inputs.frame("moves")),
    ]
    changes = inputs.frame("changes")
    if inputs.has("changes") and (changes["kind"] != "value").any():
        blocks += [Part("changed-inputs-part", "Inputs"), changed_table(changes, inputs.called)]
    if inputs.has("changes") and (changes["kind"] == "value").any():
        blocks += [Part("revised-values-part", "Values"), revised_table(changes, inputs)]
    return [*blocks, Text(kept, kind="small")]
