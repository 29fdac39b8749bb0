"""Printed values -> numbers, and which of them are no numbers at all."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from oib_pipeline.extract.grid import as_text
from oib_pipeline.extract.text import is_number, plain

# a column of nothing but such numbers and blanks, a line each, is read at once
_PLAIN = re.compile(r"(?:[+-]?\d+(?:\.\d*)?)?(?:\n(?:[+-]?\d+(?:\.\d*)?)?)*+", re.ASCII)

_SPACED = re.compile(r"\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?:\.\d+)?", re.ASCII)
MANY = 5  # numbers with spaces from which a column is taken to part its thousands so

# only signs that differ in width: a raised or circled figure (12①) is a note, not a digit
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_WIDE |= dict.fromkeys([*range(0x200B, 0x2010), 0x2060, 0xFEFF], 0x20)  # of no width at all


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

    Thousands commas are read where they part groups of three, full-width digits as digits; spaces
    as commas, where every number of the column that is long enough has them.
    Anything else that is no number (OCR damage, a date, a note) is bad, never guessed at.
    """
    missing |= {plain(mark) for mark in missing}  # a cell is compared printed and made plain
    values = cells.tolist()
    kinds = set(map(type, values))
    if kinds <= {float}:
        number = np.array(values, dtype=np.float64)
        text, bad = _printed(number), ~np.isfinite(number)
    elif kinds == {str} and _all_plain(values):
        number = np.array([float(value) if value else np.nan for value in values])
        text, bad = cells.copy(), np.isinf(number)
    else:
        number, text, bad = _one_by_one(cells, values, missing)
    if missing:
        gone = np.array([printed in missing for printed in text.tolist()], dtype=bool)
        number[gone] = np.nan
    return Values(number, text, np.isfinite(number), bad)


def _one_by_one(
    cells: np.ndarray, values: list[object], missing: frozenset[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Number, text and badness of cells that are not all alike."""
    size = len(values)
    apart = _spaces_apart(values)
    number = np.full(size, np.nan)
    bad = np.zeros(size, dtype=bool)
    text = np.empty(size, dtype=object)
    floats = np.array([value.__class__ is float for value in values], dtype=bool)
    number[floats] = cells[floats].astype(np.float64)
    text[floats] = _printed(number[floats])
    for index in np.flatnonzero(~floats).tolist():
        value = values[index]
        printed = value if isinstance(value, str) else as_text(value)
        printed = text[index] = printed.strip()
        if index in apart:
            number[index] = float(apart[index])
            continue
        if not printed:
            continue
        sound = is_number(printed)
        if not sound and isinstance(value, str):
            if plain(printed) in missing:
                continue
            printed = printed.translate(_WIDE).strip()
            sound = is_number(printed)
        if printed in missing:
            continue
        if sound and value.__class__ is not bool:
            number[index] = float(printed.replace(",", ""))
        else:
            bad[index] = True
    bad |= np.isinf(number) | (floats & np.isnan(number))
    return number, text, bad


def _spaces_apart(values: list[object]) -> dict[int, str]:
    """Cells whose spaces part thousands, without them, where a column uses them throughout."""
    texts = [value.translate(_WIDE).strip() if isinstance(value, str) else "" for value in values]
    spaced = [_SPACED.fullmatch(text) is not None for text in texts]
    if sum(spaced) < MANY:
        return {}
    for value, text in zip(values, texts, strict=True):
        long = is_number(text) and abs(float(text.replace(",", ""))) >= 1000
        if long or (value.__class__ is float and abs(value) >= 1000):
            return {}
    return {i: re.sub(r"\s", "", text) for i, text in enumerate(texts) if spaced[i]}


def _all_plain(values: list[str]) -> bool:
    """Whether each text is blank or a number in figures and a point alone."""
    lines = "\n".join(values)
    return lines.count("\n") == len(values) - 1 and _PLAIN.fullmatch(lines) is not None


def _printed(numbers: np.ndarray) -> np.ndarray:
    """Shortest text of each number, a whole one without a point; as ``as_text``, all at once."""
    if not len(numbers):
        return np.empty(0, dtype=object)
    text = np.array(repr(numbers.tolist())[1:-1].split(", "), dtype=object)
    for index in np.flatnonzero(numbers == np.floor(numbers)).tolist():
        text[index] = text[index].removesuffix(".0")
    return text
