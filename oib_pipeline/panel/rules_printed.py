"""Findings of values that are printed unlike the others of their column."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.panel.candidates import place
from oib_pipeline.panel.rules import WHERE, Rule, found
from oib_pipeline.panel.rules_missing import Held

COLUMN = ["release", "file", "sheet", "scope", "variable"]
ENOUGH = 15  # values from which a column's decimals are known
MADE = 4  # decimals beyond which a column was computed, and their number says nothing


def odd_decimals(held: Held, rule: Rule) -> pd.DataFrame:
    """Values with more decimals than the others of their column: 1258.50 among whole numbers.

    The limit is the greatest share of a column that may be printed so and still be odd.
    """
    rows = held.given
    text = rows["text"].fillna("").astype(str).str.strip()
    point = text.str.find(".")
    decimals = (text.str.len() - point - 1).where((point >= 0) & ~text.str.contains("e"), 0)
    rows = rows.assign(decimals=decimals, place=place(rows))
    counts = rows.groupby([*COLUMN, "decimals"]).size().rename("n").reset_index()
    counts = counts.sort_values([*COLUMN, "decimals"], ascending=False)
    grouped = counts.groupby(COLUMN)
    counts["beyond"] = grouped["n"].cumsum()
    counts["size"] = grouped["n"].transform("sum")
    counts["usual"] = grouped["decimals"].shift(-1)
    allowed = np.maximum(1, rule.limit * counts["size"])
    odd = counts[(counts["beyond"] <= allowed) & (counts["size"] >= ENOUGH)]
    odd = odd[odd["usual"].notna()]
    last = odd.groupby(COLUMN)["usual"].min().rename("usual").reset_index()
    last = last[last["usual"] <= MADE]
    rows = rows.merge(last, on=COLUMN)
    rows = rows[rows["decimals"] > rows["usual"]].drop(columns="cell")
    message = "{variable} is {text}; the others of its column have {usual:.0f} decimals ({place})"
    return found(
        rows.drop_duplicates([*WHERE, "variable"]), "{usual:.0f} decimals or fewer", message
    )
