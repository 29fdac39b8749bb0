"""Rows named as a province and a city in it (吉林) that hold figures where no province does."""

from __future__ import annotations

import numpy as np

from oib_pipeline.extract.advice import line
from oib_pipeline.extract.blocks import Block
from oib_pipeline.extract.grid import address, as_text
from oib_pipeline.extract.labels import Labels
from oib_pipeline.extract.place import PROVINCE, Resolver
from oib_pipeline.extract.reading import Reading


def check_lone_provinces(
    reading: Reading, block: Block, labels: Labels, resolver: Resolver
) -> None:
    """Note a fault for each: taken for the province, the city's figures would be lost."""
    values = list(block.values)
    filled = [
        index
        for index in np.flatnonzero(labels.kind == PROVINCE).tolist()
        if any(as_text(value).strip() for value in block.grid.cells[block.data[0] + index, values])
    ]
    for index in filled:
        label = labels.printed[index]
        spans = resolver.names.valid_years(f"{label}市")
        if not spans or len(filled) > 1:
            continue
        row = line("rows", series=reading.series, match="exact", label=label, action="city",
                   city_code=spans[0][0], reason="its province's row is lost")  # fmt: skip
        reading.fault(
            address(block.data[0] + index, block.labels["city"]),
            f"figures in the row {label!r}, which is a province and a city",
            "no figures in the row of a province, as in the others",
            f"If it is the city, and its province's row is lost, add {row} to layouts/rows.csv.",
        )
