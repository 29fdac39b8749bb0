"""Printed values -> numbers, and which of them are no numbers at all."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from oib_pipeline.extract.grid import as_text
from oib_pipeline.extract.text import is_number, plain


@dataclass(frozen=True)
class Values:
    """Values of one column, each array as long as the column: number, text as printed, and what
    the cell holds (``present``: a number, ``bad``: something else; neither: nothing)."""  # noqa: D205, D209

    number: np.ndarray
    text: list[str]
    present: np.ndarray
    bad: np.ndarray


def parse_values(cells: np.ndarray, missing: frozenset[str]) -> Values:
    """Numbers of a column of cells; ``missing`` are the marks that mean there is no value.

    Thousands commas are read where they part groups of three. Anything else that is no number
    (OCR damage, a date, a note) is bad, never guessed at.
    """
    text = [as_text(value) for value in cells]
    number = np.full(len(text), np.nan)
    bad = np.zeros(len(text), dtype=bool)
    for index, (value, printed) in enumerate(zip(cells, text, strict=True)):
        if value.__class__ is float:
            if math.isfinite(value):
                number[index] = value
            else:
                bad[index] = True
        elif not printed or not (stripped := printed.strip()):
            continue
        elif is_number(stripped) and value.__class__ is not bool:
            number[index] = float(stripped.replace(",", ""))
        elif (narrow := plain(printed)) in missing:
            continue
        elif is_number(narrow) and value.__class__ is str:
            number[index] = float(narrow.replace(",", ""))
        else:
            bad[index] = True
    if missing:
        gone = [printed.strip() in missing for printed in text]
        number[gone] = np.nan
    return Values(number, text, ~np.isnan(number), bad)
