"""Rows that name no city known in their year and hold no value: nothing is lost without them."""

from __future__ import annotations

import numpy as np

from oib_pipeline.extract.blocks import Block
from oib_pipeline.extract.grid import address, as_text
from oib_pipeline.extract.labels import Labels
from oib_pipeline.extract.place import IGNORED, WRONG, Resolver
from oib_pipeline.extract.reading import Reading

SHOWN = 12
Years = np.ndarray | tuple[int, ...]


def pass_over_empty_rows(
    reading: Reading, block: Block, labels: Labels, years: Years, resolver: Resolver
) -> None:
    """Take such rows for rows of no use, and tell of them in one line.

    A balanced panel goes on with the name of an abolished city. Where no year stands in the rows, a
    name without figures may head the rows below it, unless the registry has it as a city's.
    """
    wanted = [column.index for column in reading.wanted]
    if not wanted:
        return
    cells = block.grid.cells[slice(*block.data)]
    empty = [
        row
        for row in np.flatnonzero(labels.kind == WRONG).tolist()
        if (isinstance(years, np.ndarray) or resolver.spans(str(labels.printed[row])))
        and not any(as_text(value).strip() for value in cells[row, wanted])
    ]
    if not empty:
        return
    labels.kind = labels.kind.copy()
    labels.kind[empty] = IGNORED
    of: dict[str, list[int]] = {}
    for row in empty:
        labels.faults.pop(row, None)
        of.setdefault(str(labels.printed[row]), []).append(row)
    told = [
        name + (f" in {_span(years[own])}" if isinstance(years, np.ndarray) else "")
        for name, own in of.items()
    ]
    more = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
    reading.note(
        address(block.data[0] + empty[0], block.labels["city"]),
        f"{len(empty)} row{'s' * (len(empty) > 1)} without any value, of no city known then "
        f"({'; '.join(told[:SHOWN])}{more})",
        "rows of cities",
        "They were passed over: they hold nothing.",
    )


def _span(years: np.ndarray) -> str:
    first, last = years.min(), years.max()
    return f"{first}" if first == last else f"{first}-{last}"
