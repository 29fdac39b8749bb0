"""Faults of more than one cell: rows, columns, blocks and years."""

from __future__ import annotations

import random
from collections.abc import Callable

from oib_pipeline.extract.grid import as_text
from oib_pipeline_tests.planted.kinds import rows_of
from oib_pipeline_tests.planted.page import Page

SHAPES: dict[str, Callable[[Page, random.Random], bool]] = {}


def _shape(name: str) -> Callable:
    def keep(plant: Callable[[Page, random.Random], bool]) -> Callable:
        SHAPES[name] = plant
        return plant

    return keep


def _one(page: Page, rng: random.Random):
    return page.seen.iloc[rng.randrange(len(page.seen))]


@_shape("cell blank")
def _blank(page: Page, rng: random.Random) -> bool:
    one = _one(page, rng)
    page.cells[one["row"], one["column"]] = ""
    return True


@_shape("cell of the row above")
def _above(page: Page, rng: random.Random) -> bool:
    rows = page.seen[page.seen["column"] == _one(page, rng)["column"]].sort_values("row")
    at = rng.randrange(1, len(rows))
    above, here = rows.iloc[at - 1], rows.iloc[at]
    page.cells[here["row"], here["column"]] = page.cells[above["row"], above["column"]]
    return True


@_shape("two cells of a row exchanged")
def _pair(page: Page, rng: random.Random) -> bool:
    rows = rows_of(page)
    wide = rows[rows["columns"].map(len) > 1]
    if wide.empty:
        return False
    row = wide.iloc[rng.randrange(len(wide))]
    a, b = rng.sample(row["columns"], 2)
    _swap(page, (row["row"], a), (row["row"], b))
    return True


@_shape("row copied from another city")
def _copied(page: Page, rng: random.Random) -> bool:
    here, there = _two_rows(page, rng)
    for column in sorted(set(page.seen["column"])):
        page.cells[here, column] = page.cells[there, column]
    return True


@_shape("rows of two cities exchanged")
def _rows(page: Page, rng: random.Random) -> bool:
    here, there = _two_rows(page, rng)
    for column in sorted(set(page.seen["column"])):
        _swap(page, (here, column), (there, column))
    return True


@_shape("values slipped down a row")
def _slipped(page: Page, rng: random.Random) -> bool:
    column = _one(page, rng)["column"]
    rows = sorted(set(page.seen.loc[page.seen["column"] == column, "row"]))
    start = rng.randrange(0, max(1, len(rows) - 7))
    part = rows[start : start + 7]
    held = [page.cells[row, column] for row in part]
    for row, value in zip(part[1:], held, strict=False):
        page.cells[row, column] = value
    return True


@_shape("two columns exchanged")
def _columns(page: Page, rng: random.Random) -> bool:
    columns = sorted(set(page.seen["column"]))
    if len(columns) < 2:
        return False
    a, b = rng.sample(columns, 2)
    for row in sorted(set(page.seen["row"])):
        _swap(page, (row, a), (row, b))
    return True


@_shape("column tenfold")
def _tenfold(page: Page, rng: random.Random) -> bool:
    return _scale_column(page, rng, rng.choice([0.1, 10]))


@_shape("column hundredfold")
def _hundredfold(page: Page, rng: random.Random) -> bool:
    return _scale_column(page, rng, rng.choice([0.01, 100]))


@_shape("column blank")
def _column_blank(page: Page, rng: random.Random) -> bool:
    column = _one(page, rng)["column"]
    for row in sorted(set(page.seen["row"])):
        page.cells[row, column] = ""
    return True


@_shape("row lost")
def _row_lost(page: Page, rng: random.Random) -> bool:
    page.drop_rows([int(_one(page, rng)["row"])])
    return True


@_shape("ten rows lost")
def _ten_lost(page: Page, rng: random.Random) -> bool:
    rows = sorted(set(page.seen["row"]))
    start = rng.randrange(0, len(rows) - 10)
    page.drop_rows([int(row) for row in rows[start : start + 10]])
    return True


@_shape("year lost")
def _year_lost(page: Page, rng: random.Random) -> bool:
    if len(page.years) < 3:
        return False
    year = rng.choice(page.years)
    page.drop_rows(sorted(set(page.seen.loc[page.seen["year"] == year, "row"])))
    return True


@_shape("year half lost")
def _year_half_lost(page: Page, rng: random.Random) -> bool:
    if len(page.years) < 3:
        return False
    rows = sorted(set(page.seen.loc[page.seen["year"] == rng.choice(page.years), "row"]))
    page.drop_rows(rng.sample(rows, len(rows) // 2))
    return True


@_shape("city ends early")
def _ends(page: Page, rng: random.Random) -> bool:
    one = _one(page, rng)
    later = page.seen["year"] >= one["year"]
    if not later.any() or len(page.years) < 3 or one["year"] == page.years[0]:
        return False
    mine = page.seen[later & (page.seen["city_code"] == one["city_code"])]
    page.drop_rows(sorted(set(mine["row"])))
    return True


@_shape("year before repeated")
def _repeated(page: Page, rng: random.Random) -> bool:
    row = _with_year_before(page, rng)
    if row is None:
        return False
    for column in sorted(set(page.seen["column"])):
        page.cells[row[1], column] = page.cells[row[0], column]
    return True


@_shape("two years of a city exchanged")
def _years_exchanged(page: Page, rng: random.Random) -> bool:
    row = _with_year_before(page, rng)
    if row is None:
        return False
    for column in sorted(set(page.seen["column"])):
        _swap(page, (row[0], column), (row[1], column))
    return True


@_shape("row twice, the second changed")
def _twice(page: Page, rng: random.Random) -> bool:
    here, there = _two_rows(page, rng)
    page.cells[here] = page.cells[there]
    one = page.seen[page.seen["row"] == there].iloc[0]
    page.put(here, one["column"], "77")
    return True


@_shape("unit in the header changed")
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


def _swap(page: Page, here: tuple[int, int], there: tuple[int, int]) -> None:
    page.cells[here], page.cells[there] = page.cells[there], page.cells[here]


def _two_rows(page: Page, rng: random.Random) -> tuple[int, int]:
    one = _one(page, rng)
    same = page.seen[(page.seen["year"] == one["year"]) & (page.seen["row"] != one["row"])]
    return int(one["row"]), int(same.iloc[rng.randrange(len(same))]["row"])


def _with_year_before(page: Page, rng: random.Random) -> tuple[int, int] | None:
    for _ in range(20):
        one = _one(page, rng)
        mine = page.seen["city_code"] == one["city_code"]
        before = page.seen[mine & (page.seen["year"] == one["year"] - 1)]
        if len(before):
            return int(before.iloc[0]["row"]), int(one["row"])
    return None


def _scale_column(page: Page, rng: random.Random, factor: float) -> bool:
    column = _one(page, rng)["column"]
    for row in sorted(set(page.seen.loc[page.seen["column"] == column, "row"])):
        text = page.text(row, column)
        if text.replace(".", "").isdigit():
            page.put(row, column, repr(float(text) * factor))
    return True
