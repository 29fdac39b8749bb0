"""The unit of a column where a line above its table states several: 单位：亿元、元."""

from __future__ import annotations

import numpy as np

from oib_pipeline.contract.units import factor
from oib_pipeline.extract.blocks import Block
from oib_pipeline.extract.header import Column
from oib_pipeline.extract.layout_tables import magnitudes
from oib_pipeline.extract.values import parse_values


def which_unit(column: Column, stated: list[str], block: Block) -> str:
    """The one stated unit that the variable can have and that fits its values; else blank.

    The headers table decides first, where it names one of them.
    """
    if column.known.unit in stated:
        return column.known.unit
    possible = [unit for unit in stated if factor(column.variable, unit) is not None]
    if len(possible) == 1:
        return possible[0]
    values = parse_values(block.grid.cells[slice(*block.data), column.index], frozenset()).number
    numbers = values[np.isfinite(values)]
    if not len(numbers):
        return ""
    median = float(np.median(numbers))
    low, high = magnitudes()[column.variable]
    fitting = [
        unit for unit in possible if low <= median * (factor(column.variable, unit) or 0) <= high
    ]
    return fitting[0] if len(fitting) == 1 else ""
