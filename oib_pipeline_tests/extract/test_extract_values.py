"""What is a number is read as printed; what only looks like one is bad, never guessed at."""

from __future__ import annotations

import numpy as np
import pytest

from oib_pipeline.extract.parse.values import parse_values


def column(*cells: object) -> np.ndarray:
    out = np.empty(len(cells), dtype=object)
    out[:] = cells
    return out


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("12", 12.0),
        ("1,234.5", 1234.5),
        ("－１２．５", -12.5),
        ("１，２３４", 1234.0),
        ("　７　", 7.0),
        (" 7\u00a0", 7.0),
        ("\u200b8\ufeff", 8.0),
        (".5", 0.5),
        ("5.", 5.0),
    ],
)
def test_numbers_however_wide(printed, number):
    for cells in (column(printed), column(printed, "x", 3.0)):
        assert parse_values(cells, frozenset()).number[0] == number


@pytest.mark.parametrize(
    "printed",
    ["12①", "12²", "⑿", "12*", "(12)", "½", "1e5", "1_000", "nan", "inf", "12%", "1 2", "1\n2",
     "1,23", "12,34", "9" * 400, "٣٤x", "—"],
)  # fmt: skip
def test_what_only_looks_like_a_number_is_bad(printed):
    for cells in (column("1", printed), column(printed, 3.0)):
        values = parse_values(cells, frozenset())
        at = list(cells).index(printed)
        assert values.bad[at] and not values.present[at]


def test_a_whole_column_and_its_cells_one_by_one_read_alike():
    rng = np.random.default_rng(3)
    cells = column(*(f"{v:.{rng.integers(0, 4)}f}" for v in rng.uniform(-9, 9e6, 500)), "", "")
    alone = [parse_values(column(cell, "x"), frozenset()) for cell in cells]
    whole = parse_values(cells, frozenset())
    np.testing.assert_array_equal(whole.number, [one.number[0] for one in alone])
    assert list(whole.text) == [one.text[0] for one in alone]
    assert not whole.bad.any()


@pytest.mark.parametrize("mark", ["…", "—", "-", "无"])
def test_a_mark_is_missing_where_it_is_declared(mark):
    values = parse_values(column("1", mark, 3.0), frozenset({mark}))
    assert list(values.present) == [True, False, True]
    assert not values.bad.any()
