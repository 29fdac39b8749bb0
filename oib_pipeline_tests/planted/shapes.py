"""Faults of more than one cell: rows, columns and blocks of one page."""

from __future__ import annotations

import random
from collections.abc import Callable

from oib_pipeline.extract.workbook.grid import as_text
from oib_pipeline_tests.planted.kinds import rows_of
from oib_pipeline_tests.planted.page import Page

SHAPES: dict[str, Callable[[Page, random.Random], bool]] = {}


def shape(name: str) -> Callable:
    def keep(plant: Callable[[Page, random.Random], bool]) -> Callable:
        SHAPES[name] = plant
        return plant

    return keep


def any_value(page: Page, rng: random.Random):
    """Any observation of the page."""
    return page.seen.iloc[rng.randrange(len(page.seen))]


@shape("cell blank")
def _blank(page: Page, rng: random.Random) -> bool:
    picked = any_value(page, rng)
    page.cells[picked["row"], picked["column"]] = ""
    return True


@shape("cell of the row above")
def _above(page: Page, rng: random.Random) -> bool:
    rows = page.seen[page.seen["column"] == any_value(page, rng)["column"]].sort_values("row")
    at = rng.randrange(1, len(rows))
    above, here = rows.iloc[at - 1], rows.iloc[at]
    page.cells[here["row"], here["column"]] = page.cells[above["row"], above["column"]]
    return True


@shape("two cells of a row exchanged")
def _pair(page: Page, rng: random.Random) -> bool:
    rows = rows_of(page)
    wide = rows[rows["columns"].map(len) > 1]
    if wide.empty:
        return False
    row = wide.iloc[rng.randrange(len(wide))]
    a, b = rng.sample(row["columns"], 2)
    swap(page, (row["row"], a), (row["row"], b))
    return True


@shape("row copied from another city")
def _copied(page: Page, rng: random.Random) -> bool:
    here, there = _two_rows(page, rng)
    for column in sorted(set(page.seen["column"])):
        page.cells[here, column] = page.cells[there, column]
    return True


@shape("rows of two cities exchanged")
def _rows(page: Page, rng: random.Random) -> bool:
    here, there = _two_rows(page, rng)
    for column in sorted(set(page.seen["column"])):
        swap(page, (here, column), (there, column))
    return True


@shape("values slipped down a row")
def _slipped(page: Page, rng: random.Random) -> bool:
    column = any_value(page, rng)["column"]
    rows = sorted(set(page.seen.loc[page.seen["column"] == column, "row"]))
    start = rng.randrange(0, max(1, len(rows) - 7))
    part = rows[start : start + 7]
    held = [page.cells[row, column] for row in part]
    for row, value in zip(part[1:], held, strict=False):
        page.cells[row, column] = value
    return True


@shape("two columns exchanged")
def _columns(page: Page, rng: random.Random) -> bool:
    columns = sorted(set(page.seen["column"]))
    if len(columns) < 2:
        return False
    a, b = rng.sample(columns, 2)
    for row in sorted(set(page.seen["row"])):
        swap(page, (row, a), (row, b))
    return True


@shape("column tenfold")
def _tenfold(page: Page, rng: random.Random) -> bool:
    return _scale_column(page, rng, rng.choice([0.1, 10]))


@shape("column hundredfold")
def _hundredfold(page: Page, rng: random.Random) -> bool:
    return _scale_column(page, rng, rng.choice([0.01, 100]))


@shape("column blank")
def _column_blank(page: Page, rng: random.Random) -> bool:
    column = any_value(page, rng)["column"]
    for row in sorted(set(page.seen["row"])):
        page.cells[row, column] = ""
    return True


@shape("row lost")
def _row_lost(page: Page, rng: random.Random) -> bool:
    page.drop_rows([int(any_value(page, rng)["row"])])
    return True


@shape("ten rows lost")
def _ten_lost(page: Page, rng: random.Random) -> bool:
    rows = sorted(set(page.seen["row"]))
    start = rng.randrange(0, len(rows) - 10)
    page.drop_rows([int(row) for row in rows[start : start + 10]])
    return True


@shape("row twice, the second changed")
def _twice(page: Page, rng: random.Random) -> bool:
    here, there = _two_rows(page, rng)
    page.cells[here] = page.cells[there]
    picked = page.seen[page.seen["row"] == there].iloc[0]
    page.put(here, picked["column"], "77")
    return True


@shape("unit in the header changed")
def _unit(page: Page, rng: random.Random) -> bool:
    pairs = {"万元": "亿元", "亿元": "万元", "万人": "人", "人": "万人", "平方公里": "公顷"}
    changed = False
    for row in range(int(page.seen["row"].min())):
        for column in range(page.cells.shape[1]):
            text = as_text(page.cells[row, column])
            unit = next((unit for unit in pairs if unit in text), None)
            if unit and not changed:
                page.cells[row, column] = text.replace(unit, pairs[unit])
                changed = True
    return changed


def swap(page: Page, here: tuple[int, int], there: tuple[int, int]) -> None:
    page.cells[here], page.cells[there] = page.cells[there], page.cells[here]


def _two_rows(page: Page, rng: random.Random) -> tuple[int, int]:
    picked = any_value(page, rng)
    same = page.seen[(page.seen["year"] == picked["year"]) & (page.seen["row"] != picked["row"])]
    return int(picked["row"]), int(same.iloc[rng.randrange(len(same))]["row"])


def _scale_column(page: Page, rng: random.Random, factor: float) -> bool:
    column = any_value(page, rng)["column"]
    for row in sorted(set(page.seen.loc[page.seen["column"] == column, "row"])):
        text = page.text(row, column)
        if text.replace(".", "").isdigit():
            page.put(row, column, repr(float(text) * factor))
    return True
