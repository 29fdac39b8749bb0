"""Failing rows with the cells their values were read from."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

KEYS = ("precedence", "city_code", "year", "scope")


def with_cells(
    failing: pd.DataFrame, cells: pd.DataFrame | None, inputs: Sequence[str]
) -> pd.DataFrame:
    """The rows with a column ``cells``: variable, release, file, sheet and cell of each input.

    Parameters
    ----------
    failing
        Rows with some of precedence, city_code, year and scope.
    cells
        Rows of ``core_sources``; only chosen ones count. They must be unambiguous in the key
        columns that ``failing`` lacks: pass those of one precedence and scope.
    inputs
        Contract variables that explain the rows.
    """
    if cells is None or failing.empty or not inputs:
        return failing
    on = [name for name in KEYS if name in failing and name in cells]
    wanted = cells[cells["variable"].isin(inputs) & cells["chosen"].astype(bool)]
    if not on or wanted.empty:
        return failing
    wanted = wanted.merge(failing[on].drop_duplicates(), on=on)
    text = wanted["variable"] + ": " + places(wanted)
    joined = text.groupby([wanted[name] for name in on], sort=True).agg("; ".join)
    return failing.merge(joined.rename("cells").reset_index(), on=on, how="left")


def places(rows: pd.DataFrame) -> pd.Series:
    """Release, file, sheet and cell of each row as people say it."""
    sheet = rows["sheet"].fillna("").astype(str)
    sheet = sheet.where(sheet == "", ", sheet " + sheet)
    release, file = rows["release"].astype(str), rows["file"].astype(str)
    return release + "/" + file + sheet + ", " + rows["cell"].astype(str)
