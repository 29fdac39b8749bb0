"""Page numbers and running titles that stand in the column of cities: of no use, and told."""

from __future__ import annotations

import re

import numpy as np

from oib_pipeline.extract.blocks import Block
from oib_pipeline.extract.grid import address, as_text
from oib_pipeline.extract.labels import Labels
from oib_pipeline.extract.place import IGNORED
from oib_pipeline.extract.reading import Reading
from oib_pipeline.extract.text import as_year
from oib_pipeline.extract.title import YEARBOOK

_SIGN = r"[-–—―−·.•*~]*"
_PAGE = re.compile(
    rf"{_SIGN}\d{{1,4}}{_SIGN}|第\d+页|(?:\d+[-–—―−]\d+)?\(?续表?[\d一二三四五六七八九十]*\)?"
    r"|(?:\d+[-–—―−]\d+)?\(?continued\d*\)?"
)
_BOOK = re.compile(rf"\S{{0,12}}{YEARBOOK}\D{{0,3}}(?:(?:19|20)\d\d)?{_SIGN}")


def pass_over_running_titles(reading: Reading, block: Block, labels: Labels) -> None:
    """Take rows of a page number or running title, and nothing else, for rows of no use.

    A year on a row of its own may open the rows of that year, so it stays a fault.
    """
    for index in sorted(labels.faults):
        label = labels.printed[index]
        known = (_PAGE.fullmatch(label) and as_year(label) is None) or _BOOK.fullmatch(label)
        row = block.data[0] + index
        cells = block.grid.cells[row, list(block.values)]
        if not known or any(as_text(value).strip() for value in cells):
            continue
        del labels.faults[index]
        labels.kind = np.where(np.arange(len(labels.kind)) == index, IGNORED, labels.kind)
        labels.ignored[label] = index
        reading.note(
            address(row, block.labels["city"]),
            f"{label!r} on a row of its own",
            "a city, or a page number or running title, as it was taken for",
            "Nothing, if that is what it is.",
        )
