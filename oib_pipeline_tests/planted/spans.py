"""Faults of panels of several years: years lost, repeated or exchanged."""

from __future__ import annotations

import random

from oib_pipeline_tests.planted.page import Page
from oib_pipeline_tests.planted.shapes import SHAPES, any_value, shape, swap

__all__ = ["SHAPES"]  # with those of this file


@shape("year lost")
def _year_lost(page: Page, rng: random.Random) -> bool:
    if len(page.years) < 3:
        return False
    year = rng.choice(page.years)
    page.drop_rows(sorted(set(page.seen.loc[page.seen["year"] == year, "row"])))
    return True


@shape("year half lost")
def _year_half_lost(page: Page, rng: random.Random) -> bool:
    if len(page.years) < 3:
        return False
    rows = sorted(set(page.seen.loc[page.seen["year"] == rng.choice(page.years), "row"]))
    page.drop_rows(rng.sample(rows, len(rows) // 2))
    return True


@shape("city ends early")
def _ends(page: Page, rng: random.Random) -> bool:
    picked = any_value(page, rng)
    later = page.seen["year"] >= picked["year"]
    if not later.any() or len(page.years) < 3 or picked["year"] == page.years[0]:
        return False
    mine = page.seen[later & (page.seen["city_code"] == picked["city_code"])]
    page.drop_rows(sorted(set(mine["row"])))
    return True


@shape("year before repeated")
def _repeated(page: Page, rng: random.Random) -> bool:
    row = _with_year_before(page, rng)
    if row is None:
        return False
    for column in sorted(set(page.seen["column"])):
        page.cells[row[1], column] = page.cells[row[0], column]
    return True


@shape("two years of a city exchanged")
def _years_exchanged(page: Page, rng: random.Random) -> bool:
    row = _with_year_before(page, rng)
    if row is None:
        return False
    for column in sorted(set(page.seen["column"])):
        swap(page, (row[0], column), (row[1], column))
    return True


def _with_year_before(page: Page, rng: random.Random) -> tuple[int, int] | None:
    for _ in range(20):
        picked = any_value(page, rng)
        mine = page.seen["city_code"] == picked["city_code"]
        before = page.seen[mine & (page.seen["year"] == picked["year"] - 1)]
        if len(before):
            return int(before.iloc[0]["row"]), int(picked["row"])
    return None
