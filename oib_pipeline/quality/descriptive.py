"""Checks after the descriptive statistics: every variable, in order, all rows accounted for."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from oib_pipeline.contract.tables import tables
from oib_pipeline.quality.expect import View, between, equal
from oib_pipeline.quality.generated import key_expects, prepared, schema_view, valid_expects
from oib_pipeline.quality.judge import judge
from oib_pipeline.quality.outcome import Outcome
from oib_pipeline.quality.terms import terms_view

ROUNDING = 1e-6


def check_descriptive(
    frame: pd.DataFrame, *, variables: Sequence[str], panel_rows: int
) -> list[Outcome]:
    """Outcomes for ``est_descriptive`` of one study: every variable, all rows accounted for."""
    table = "est_descriptive"
    rows = prepared(table, frame)
    rows["accounted"] = rows["n"] + rows["missing"]
    rows["panel_rows"] = panel_rows
    rows["disorder"] = (rows["min"] - rows["mean"]).clip(lower=0) + (
        rows["mean"] - rows["max"]
    ).clip(lower=0)
    slack = ROUNDING * rows[["min", "max"]].abs().max(axis=1).max() if len(rows) else 0.0
    order = "order_of_statistics"
    shown = ("min", "mean", "max")
    expects = (
        *key_expects(table),
        *valid_expects(table),
        between(order, "disorder", 0, float(slack), "min <= mean <= max", show=shown),
        between(order, "sd", 0, None),
        equal(
            "counts_as_expected",
            "accounted",
            "panel_rows",
            "n + missing = rows of the panel",
            show=("n", "missing", "panel_rows"),
        ),
    )
    expected = pd.DataFrame({"variable": list(variables)})
    views = [
        schema_view(table, frame),
        View(table, rows, tables()[table].key, expects),
        terms_view(table, rows, expected, ["variable"]),
    ]
    return judge(table, views)
