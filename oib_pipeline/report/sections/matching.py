"""The estimates on matched cities, with what shows whether the match is a good one."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.blocks import Block, Section, Text
from oib_pipeline.report.called import Called
from oib_pipeline.report.figures.love import love_figure
from oib_pipeline.report.figures.support import support_figure
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.sections.results import mark, missing
from oib_pipeline.report.tables.balance import balance_table
from oib_pipeline.report.tables.models import means_note
from oib_pipeline.report.tables.not_estimated import not_estimated
from oib_pipeline.report.tables.psm_did import psm_table
from oib_pipeline.report.text import capital


def matching_blocks(inputs: ReportInputs) -> list[Block]:
    """Table 6, the scores behind it, and how alike the matched cities are."""
    frame = inputs.frame("psm_did")
    if frame.empty:
        return [missing(inputs, "psm_did", "The estimates on matched samples are")]
    called = inputs.called
    blocks: list[Block] = [
        Text(
            f"{_who(called)} not drawn by lot. Here {called.they} {called.are} compared with those "
            f"cities that looked most like {called.them} before the policy, by an estimated "
            f"probability of being {called.being_one}."
        ),
        psm_table(
            frame,
            called=called,
            notes=(
                means_note(inputs.panel, inputs.study.outcomes),
                *not_estimated(frame),
                *mark(inputs),
            ),
        ),
    ]
    if not inputs.has("scores"):
        blocks.append(missing(inputs, "scores", "The scores of the match are"))
    if not inputs.has("balance"):
        blocks.append(missing(inputs, "balance", "The balance of the match is"))
    blocks += [
        support_figure(part, outcome=outcome, called=called, synthetic=inputs.synthetic)
        for outcome, part in _matches(inputs.frame("scores"))
    ]
    blocks += [
        love_figure(part, outcome=outcome, called=called, synthetic=inputs.synthetic)
        for outcome, part in _matches(inputs.frame("balance"))
    ]
    if inputs.has("balance"):
        blocks.append(Text("The means behind it are in [[balance-in-numbers]].", "small"))
    return blocks


def _who(called: Called) -> str:
    return f"The {called.one} was" if called.count == 1 else f"{capital(called.many)} were"


def balance_sections(inputs: ReportInputs) -> list[Section]:
    """The balance of the match in numbers, for the appendix."""
    if not inputs.has("psm_did") or not inputs.has("balance"):
        return []
    tables = tuple(
        balance_table(part, outcome=outcome, called=inputs.called, notes=mark(inputs))
        for outcome, part in _matches(inputs.frame("balance"))
    )
    title = "How alike matched cities are, in numbers"
    return [Section("balance-in-numbers", title, tables, appendix=True)]


def _matches(frame: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """One part an outcome; a single one, no outcome named, where the match is the same for all."""
    if frame.empty or "outcome" not in frame:
        return [("", frame)] if len(frame) else []
    parts = [
        (str(outcome), part.drop(columns="outcome").reset_index(drop=True))
        for outcome, part in frame.groupby("outcome", sort=False)
    ]
    first = parts[0][1]
    return [("", first)] if all(part.equals(first) for _, part in parts) else parts
