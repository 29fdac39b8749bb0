"""Blocks of one table whose values lie orders of magnitude apart: a unit that changed unsaid."""

from __future__ import annotations

import numpy as np

from oib_pipeline.contract.units import factor
from oib_pipeline.extract.reading import ColumnValues, Reading

ENOUGH = 5  # values from which a block's median is trusted
APART = 30.0  # districts of one province against another's lie well within it


def check_scale(readings: list[Reading]) -> None:
    """Note a fault for a block far from what the other blocks of its table hold.

    ``readings`` are the blocks of one sheet.
    """
    columns = [(r, values) for r in readings if r.held for values in r.held.columns]
    for reading, values in columns:
        column = values.column
        others = [
            v.number * _factor(v)
            for r, v in columns
            if r is not reading
            and r.rule is reading.rule
            and (v.column.variable, v.column.scope) == (column.variable, column.scope)
        ]
        beside = np.concatenate(others) if others else np.empty(0)
        if len(values.number) < ENOUGH or len(beside) < ENOUGH:
            continue
        ratio = float(np.median(values.number)) * _factor(values) / float(np.median(beside))
        if np.isfinite(ratio) and not 1 / APART < ratio < APART:
            reading.fault(
                column.cell,
                f"values under {column.key!r} that are {ratio:,.3g} times those of the table's "
                f"other blocks, at their medians (read in {column.unit})",
                "one order of magnitude in a table",
                "Check the page: the unit of this block may be another, and unsaid. If the values "
                "are right, give the block a title of its own in layouts/tables.csv.",
            )


def _factor(values: ColumnValues) -> float:
    return factor(values.column.variable, values.column.unit) or np.nan
