"""What a study says of the paper it reproduces, put to the tables and figures it is said of."""

from __future__ import annotations

from dataclasses import replace

from oib_pipeline.report.blocks import Block, Figure, Section, Table
from oib_pipeline.study import Reproduction


def beside_paper(sections: list[Section], paper: Reproduction | None) -> list[Section]:
    """The sections with the paper's own numbers and notes; as they are without a paper."""
    if paper is None:
        return sections
    return [
        replace(section, blocks=tuple(_beside(block, paper) for block in section.blocks))
        for section in sections
    ]


def _beside(block: Block, paper: Reproduction) -> Block:
    if not isinstance(block, Table | Figure):
        return block
    note = paper.notes.get(block.name, "")
    notes = (*block.notes, note) if note else block.notes
    return replace(block, paper=paper.shows.get(block.name, ""), notes=notes)
