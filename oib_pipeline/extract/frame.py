"""Readings -> one frame of observations; text that recurs is held once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from oib_pipeline.extract.grid import column_letters
from oib_pipeline.extract.reading import ColumnValues, Reading

COLUMNS = ["release", "file", "sheet", "cell", "row_label", "city_code", "year", "scope",
           "variable", "header", "text", "unit", "value"]  # fmt: skip


def observations_frame(release: str, readings: Iterable[Reading]) -> pd.DataFrame:
    """Observations with the columns of raw_observations; those that recur are categorical."""
    pairs = [(r, values) for r in readings if r.held for values in r.held.columns]
    sizes = [len(values.row) for _, values in pairs]

    def constant(of: Callable[[Reading, ColumnValues], str]) -> pd.Categorical:
        return _categories([of(*pair) for pair in pairs], sizes)

    return pd.DataFrame(
        {
            "release": constant(lambda r, v: release),
            "file": constant(lambda r, v: r.file),
            "sheet": constant(lambda r, v: r.sheet),
            "cell": _joined([column_letters(v.column.index) + r.held.sheet_row[v.row]
                             for r, v in pairs if r.held], object),
            "row_label": _taken([(r.held.label, v.row) for r, v in pairs if r.held]),
            "city_code": _taken([(r.held.code, v.row) for r, v in pairs if r.held]),
            "year": _joined([v.year for _, v in pairs], np.int64),
            "scope": constant(lambda r, v: v.column.scope),
            "variable": constant(lambda r, v: v.column.variable),
            "header": constant(lambda r, v: v.column.printed),
            "text": _joined([v.text for _, v in pairs], object),
            "unit": constant(lambda r, v: v.column.unit),
            "value": _joined([v.number for _, v in pairs], np.float64),
        },
        columns=COLUMNS,
    )  # fmt: skip


def _categories(values: list[str], sizes: list[int]) -> pd.Categorical:
    """Each value as often as its size says; categories in the order of their text."""
    categories, codes = np.unique(np.array(values, dtype=object), return_inverse=True)
    return pd.Categorical.from_codes(np.repeat(codes, sizes), categories=list(categories))


def _taken(parts: list[tuple[np.ndarray, np.ndarray]]) -> pd.Categorical:
    """Each part's texts (rows,) at its rows; one factorisation a text array, not one a value."""
    own: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for texts, _ in parts:
        if id(texts) not in own:
            own[id(texts)] = pd.factorize(texts)
    every = [uniques for _, uniques in own.values()]
    categories = np.unique(_joined(every, object))
    place = {key: np.searchsorted(categories, uniques)[ids] for key, (ids, uniques) in own.items()}
    codes = _joined([place[id(texts)][rows] for texts, rows in parts], np.int64)
    return pd.Categorical.from_codes(codes, categories=list(categories))


def _joined(parts: list[np.ndarray], kind: type) -> np.ndarray:
    return np.concatenate(parts).astype(kind) if parts else np.empty(0, dtype=kind)
