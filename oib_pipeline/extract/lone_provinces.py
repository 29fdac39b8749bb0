"""Rows named as a province and a city in it (吉林) that hold figures where no province does."""

from __future__ import annotations

import numpy as np

from oib_pipeline.extract.advice import line
from oib_pipeline.extract.blocks import Block
from oib_pipeline.extract.grid import address, as_text
from oib_pipeline.extract.labels import Labels
from oib_pipeline.extract.place import PROVINCE, Resolver
from oib_pipeline.extract.reading import Reading

SHOWN = 12


def check_lone_provinces(
    reading: Reading, block: Block, labels: Labels, resolver: Resolver
) -> None:
    """Note a fault for a lone one: taken for the province, the city's figures would be lost.

    Figures in rows of several provinces are theirs: they are passed over, and told.
    """
    values = list(block.values)
    filled = [
        index
        for index in np.flatnonzero(labels.kind == PROVINCE).tolist()
        if any(as_text(value).strip() for value in block.grid.cells[block.data[0] + index, values])
    ]
    if len(filled) > 1:
        names = list(dict.fromkeys(str(labels.printed[index]) for index in filled))
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        reading.note(
            address(block.data[0] + filled[0], block.labels["city"]),
            f"figures in {len(filled)} rows of provinces ({'、'.join(names[:SHOWN])}{more})",
            "figures of cities",
            "They were passed over: a province's figures are no city's.",
        )
        return
    for index in filled:
        label = labels.printed[index]
        spans = resolver.names.valid_years(f"{label}市")
        if not spans:
            continue
        row = line("rows", series=reading.series, match="exact", label=label, action="city",
                   reason="its province's row is lost")  # fmt: skip
        reading.fault(
            address(block.data[0] + index, block.labels["city"]),
            f"figures in the row {label!r}, which is a province and a city",
            "no figures in the row of a province, as in the others",
            f"If it is the city ({label}市 {spans[0][0]}), and its province's row is lost, add "
            f"{row} to layouts/rows.csv, with its code.",
        )
