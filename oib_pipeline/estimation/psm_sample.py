"""What is matched, and the weighted panel a match makes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from oib_pipeline.estimation.columns import check_columns, numbers
from oib_pipeline.estimation.panel import Panel
from oib_pipeline.estimation.sample import check_sample, complete_rows


def candidates(
    data: pd.DataFrame,
    panel: Panel,
    treated: str,
    post: str,
    covariates: tuple[str, ...],
    matched_on: str,
) -> tuple[pd.DataFrame, int]:
    """Return what is matched, and how many units (or rows) lack a covariate.

    One row a unit with its mean covariates before the policy on an index of unit codes, or one
    row a unit and time on an index of row numbers of the panel.
    """
    check_columns(data, dict.fromkeys(covariates, "covariate"))
    columns = {name: numbers(data, name, "covariate") for name in covariates}
    keys = pd.MultiIndex.from_arrays([data[panel.unit_name], data[panel.time_name]])
    order = keys.get_indexer(
        pd.MultiIndex.from_arrays([panel.units[panel.unit], panel.times[panel.time]])
    )
    rows = pd.DataFrame({name: values[order] for name, values in columns.items()})
    if matched_on == "unit-time":
        pool = rows
        pool[treated] = panel.column(treated)
    else:
        before = panel.column(post) == 0
        pool = rows[before].groupby(panel.unit[before]).mean().reindex(range(panel.n_units))
        mark = np.zeros(panel.n_units)
        mark[panel.unit] = panel.column(treated)
        pool[treated] = mark
    complete = pool.notna().all(axis=1)
    return pool[complete], int((~complete).sum())


def row_weights(panel: Panel, index: pd.Index, weights: np.ndarray, matched_on: str) -> np.ndarray:
    """Return the weight of each row of the panel (..., n) of weights of what is matched (..., m).

    Zero where unmatched.
    """
    size = panel.n_units if matched_on == "unit" else panel.n_obs
    full = np.zeros((*weights.shape[:-1], size))
    full[..., index.to_numpy()] = weights
    return full[..., panel.unit] if matched_on == "unit" else full


def weigh(panel: Panel, weights: np.ndarray) -> Panel:
    """Return the panel of rows with a positive weight."""
    n_missing = panel.n_missing
    used = complete_rows(replace(panel, weights=weights))
    return check_sample(replace(used, n_missing=n_missing))
