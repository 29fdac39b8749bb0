"""Printed values -> numbers, and which of them are no numbers at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oib_pipeline.extract.grid import as_text
from oib_pipeline.extract.text import is_number, plain


@dataclass(frozen=True)
class Values:
    """Values of one column, each array (rows,).

    ``present`` marks the numbers, ``bad`` what is neither a number nor missing; ``text`` is what
    the cell holds as printed.
    """

    number: np.ndarray
    text: np.ndarray
    present: np.ndarray
    bad: np.ndarray


def parse_values(cells: np.ndarray, missing: frozenset[str]) -> Values:
    """Numbers of a column of cells; ``missing`` are the marks that mean there is no value.

    Thousands commas are read where they part groups of three, full-width digits as digits.
    Anything else that is no number (OCR damage, a date, a note) is bad, never guessed at.
    """
    missing |= {plain(mark) for mark in missing}  # a cell is compared printed and made plain
    size = len(cells)
    number = np.full(size, np.nan)
    bad = np.zeros(size, dtype=bool)
    text = np.empty(size, dtype=object)
    floats = np.array([kind is float for kind in map(type, cells.tolist())], dtype=bool)
    number[floats] = cells[floats].astype(np.float64)
    text[floats] = _printed(number[floats])
    for index in np.flatnonzero(~floats).tolist():
        value = cells[index]
        printed = value if value.__class__ is str else as_text(value)
        printed = text[index] = printed.strip()
        if not printed:
            continue
        sound = is_number(printed)
        if not sound and value.__class__ is str:
            printed = plain(printed)
            sound = is_number(printed)
        if printed in missing:
            continue
        if sound and value.__class__ is not bool:
            number[index] = float(printed.replace(",", ""))
        else:
            bad[index] = True
    bad |= floats & ~np.isfinite(number)
    if missing:
        gone = np.array([printed in missing for printed in text.tolist()], dtype=bool)
        number[gone] = np.nan
    return Values(number, text, np.isfinite(number), bad)


def _printed(numbers: np.ndarray) -> np.ndarray:
    """Shortest text of each number, a whole one without a point; as ``as_text``, all at once."""
    if not len(numbers):
        return np.empty(0, dtype=object)
    text = np.array(repr(numbers.tolist())[1:-1].split(", "), dtype=object)
    for index in np.flatnonzero(numbers == np.floor(numbers)).tolist():
        text[index] = text[index].removesuffix(".0")
    return text
