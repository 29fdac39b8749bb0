"""The kinds of fault that are planted, one at a time, each by a name a person would give it."""

from __future__ import annotations

import random
from collections.abc import Callable

import pandas as pd

from oib_pipeline_tests.planted.page import Page

Plant = Callable[[Page, random.Random], bool]
CELLS: dict[str, Callable[[str, random.Random], str]] = {}


def _cell(name: str) -> Callable:
    def keep(change: Callable[[str, random.Random], str]) -> Callable:
        CELLS[name] = change
        return change

    return keep


def _digits(text: str) -> list[int]:
    """Places of digits that count: no leading zeros."""
    first = next((i for i, c in enumerate(text) if c in "123456789"), None)
    return [] if first is None else [i for i in range(first, len(text)) if text[i].isdigit()]


@_cell("digit lost")
def _lost(text: str, rng: random.Random) -> str:
    whole = [i for i in _digits(text) if "." not in text or i < text.index(".")]
    return "" if len(whole) < 2 else _without(text, rng.choice(whole))


@_cell("digit doubled")
def _doubled(text: str, rng: random.Random) -> str:
    whole = [i for i in _digits(text) if "." not in text or i < text.index(".")]
    if not whole:
        return ""
    at = rng.choice(whole)
    return text[:at] + text[at] + text[at:]


@_cell("point lost")
def _point_lost(text: str, rng: random.Random) -> str:
    return text.replace(".", "") if "." in text else ""


@_cell("point moved")
def _point_moved(text: str, rng: random.Random) -> str:
    return _scaled(text, rng.choice([0.1, 10]))


@_cell("hundredfold")
def _hundredfold(text: str, rng: random.Random) -> str:
    return _scaled(text, rng.choice([0.01, 100]))


@_cell("ten thousandfold")
def _ten_thousandfold(text: str, rng: random.Random) -> str:
    return _scaled(text, rng.choice([0.0001, 10000]))


@_cell("twice")
def _twice(text: str, rng: random.Random) -> str:
    return _scaled(text, rng.choice([0.5, 2]))


@_cell("off by a third")
def _third(text: str, rng: random.Random) -> str:
    return _scaled(text, rng.choice([0.75, 1.33]))


@_cell("off by a tenth")
def _tenth(text: str, rng: random.Random) -> str:
    return _scaled(text, rng.choice([0.9, 1.1]))


@_cell("digits exchanged")
def _exchanged(text: str, rng: random.Random) -> str:
    pairs = [
        (a, b) for a, b in zip(_digits(text), _digits(text)[1:], strict=False) if text[a] != text[b]
    ][:2]
    if not pairs:
        return ""
    a, b = rng.choice(pairs)
    return text[:a] + text[b] + text[a + 1 : b] + text[a] + text[b + 1 :]


@_cell("first digit wrong")
def _first(text: str, rng: random.Random) -> str:
    return _other_digit(text, 0, rng)


@_cell("second digit wrong")
def _second(text: str, rng: random.Random) -> str:
    return _other_digit(text, 1, rng) if len(_digits(text)) > 2 else ""


@_cell("last digit wrong")
def _last(text: str, rng: random.Random) -> str:
    return _other_digit(text, -1, rng) if len(_digits(text)) > 3 else ""


@_cell("minus before it")
def _minus(text: str, rng: random.Random) -> str:
    return f"-{text}" if _digits(text) else ""


@_cell("zero for it")
def _zero(text: str, rng: random.Random) -> str:
    return "0" if _digits(text) else ""


def _without(text: str, at: int) -> str:
    return text[:at] + text[at + 1 :]


def _scaled(text: str, factor: float) -> str:
    decimals = len(text.partition(".")[2])
    return f"{float(text) * factor:.{max(decimals, 2 if factor < 1 else 0)}f}"


def _other_digit(text: str, which: int, rng: random.Random) -> str:
    places = _digits(text)
    if not places:
        return ""
    at = places[which]
    other = rng.choice([digit for digit in "123456789" if digit != text[at]])
    return text[:at] + other + text[at + 1 :]


def plant_in_cell(page: Page, name: str, rng: random.Random) -> bool:
    """One value changed by one of the ``CELLS``."""
    for _ in range(20):
        one = page.seen.iloc[rng.randrange(len(page.seen))]
        text = str(one["text"])
        if "-" in text or "e" in text.lower() or not text.replace(".", "").isdigit():
            continue
        other = CELLS[name](text, rng)
        if other and float(other) != float(text):
            page.put(one["row"], one["column"], other)
            return True
    return False


def rows_of(page: Page) -> pd.DataFrame:
    """One line a printed row: its city, year, and the columns that hold values."""
    grouped = page.seen.groupby("row", sort=True)
    return grouped.agg(
        city=("city_code", "first"), year=("year", "first"), columns=("column", list)
    ).reset_index()
