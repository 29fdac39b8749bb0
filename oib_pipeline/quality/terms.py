"""Rows that are expected of a table of results against those found."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from oib_pipeline.quality.expect import View, one_of


def terms_view(table: str, rows: pd.DataFrame, expected: pd.DataFrame, key: Sequence[str]) -> View:
    """One row an expected or found term: in which of the two it is."""
    key = list(key)
    both = (
        expected[key]
        .drop_duplicates()
        .merge(rows[key].drop_duplicates(), on=key, how="outer", indicator="where")
    )
    words = {"both": "as expected", "left_only": "missing", "right_only": "unexpected"}
    both["state"] = both.pop("where").astype(str).map(words)
    both = both.sort_values(key, ignore_index=True)
    says = "the expected terms, all of them and no other"
    expect = one_of("terms_complete", "state", ["as expected"], says, show=("state",))
    return View(f"{table} terms", both, tuple(key), (expect,))
