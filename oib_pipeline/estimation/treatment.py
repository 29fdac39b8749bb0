"""Which units are treated, from when, and in which stratum."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from oib_pipeline.estimation.columns import (
    check_columns,
    codes,
    column_names,
    group_values,
    zero_one,
)
from oib_pipeline.estimation.panel import Panel


def treatment_parts(panel: Panel, treated: str, post: str) -> tuple[np.ndarray, np.ndarray]:
    """Return which units are treated, booleans (N,), and post of each row (n,), both checked."""
    mark = zero_one(panel.column(treated), treated, "treated")
    mark = group_values(mark, panel.unit, panel.n_units, treated, "unit")
    if mark.all() or not mark.any():
        which = "untreated" if mark.all() else "treated"
        raise ValueError(f"column {treated!r} (treated): no {which} unit")
    date = panel.column(post)
    late = group_values(
        zero_one(date, post, "post"), panel.time, panel.n_times, post, panel.time_name
    )
    if late.all() or not late.any():
        which = "before" if late.all() else "after"
        raise ValueError(f"column {post!r} (post): no {panel.time_name} {which} the policy")
    return mark, date


def unit_strata(
    data: pd.DataFrame, unit: str, units: pd.Index, strata: Sequence[str] | str | None
) -> np.ndarray | None:
    """Return the stratum code of each of ``units``, shape (N,), or None without strata."""
    names = () if strata is None else column_names(strata, "strata")
    if not names:
        return None
    check_columns(data, dict.fromkeys(names, "strata"))
    row_unit, labels = codes(data, unit, "unit")
    combined = np.zeros(len(labels), dtype=np.int64)
    for name in names:
        code, values = codes(data, name, "strata")
        combined = combined * len(values) + group_values(code, row_unit, len(labels), name, "unit")
    position = labels.get_indexer(units)
    if (position < 0).any():
        raise ValueError(f"unit {units[position < 0][0]!r} has no stratum: it is not in the data")
    return combined[position]


def with_did(panel: Panel, treated: str, post: str) -> Panel:
    """Return the panel with regressors did = treated x post, then its controls."""
    if "did" in panel.names:
        raise ValueError("column 'did' (control) has the name of the treatment; rename it")
    did = panel.column(treated) * panel.column(post)
    controls = panel.arrays[1 : 1 + panel.n_regressors]
    return panel.with_regressors(["did", *panel.regressors], np.vstack([did, controls]))
