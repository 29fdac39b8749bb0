"""A column of English names beside the cities that no head of its own marks as such."""

from __future__ import annotations

from dataclasses import replace

from oib_pipeline.extract.blocks import PAGE, Block
from oib_pipeline.extract.grid import as_text
from oib_pipeline.extract.place import Resolver
from oib_pipeline.extract.text import has_cjk

FEW = 3  # names known from which a column is taken to hold names
MOST = 0.5  # share of its texts that must be names


def with_english_column(block: Block, resolver: Resolver) -> Block:
    """The block with the unlabelled column right of its cities as their English names.

    So a page prints it whose head 城市 City stands over both columns of names.
    """
    column = block.labels["city"] + 1
    if "english" in block.labels or column not in block.values:
        return block
    texts = {as_text(v).strip() for v in block.grid.cells[slice(*block.data), column][:PAGE]} - {""}
    if any(has_cjk(text) or text[0].isdigit() for text in texts):
        return block
    known = [text for text in texts if resolver.english(text) or resolver.english_province(text)]
    if len(known) < max(FEW, MOST * len(texts)):
        return block
    labels = {**block.labels, "english": column}
    return replace(block, labels=labels, ignored=block.ignored | {column})
