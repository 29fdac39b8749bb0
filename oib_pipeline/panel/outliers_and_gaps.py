"""Outliers and gaps of a study's columns, each repaired value flagged with the value before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from oib_pipeline.study import Gaps, Outliers

INTERPOLATED = "interpolated"
WINSORISED = "winsorised"


def repair(
    panel: pd.DataFrame,
    names: Sequence[str],
    *,
    outliers: Outliers,
    gaps: Gaps,
    segment: pd.Series | None = None,
) -> pd.DataFrame:
    """The panel with outliers clipped and short gaps filled, as the study says.

    Outliers go first, so that no outlier is spread over the gap beside it. Each column ``x``
    comes with ``x_flag`` ("", or what was done, joined by "+") and ``x_before`` (the value before
    the repair, NaN if nothing was repaired or no value was there).

    Parameters
    ----------
    panel
        One row for each ``city_code`` and ``year``.
    names
        Columns to repair.
    segment
        0 or 1, before the policy date and from it on: gaps are filled only from inside their own
        segment. None lets a gap be filled from both sides of the policy date.
    """
    result = panel.copy()
    for name in names:
        value = panel[name].astype("float64")
        clipped = _clip(value, panel["year"], outliers)
        filled = _fill(clipped, panel, gaps, segment)
        flag = _joined(
            clipped.ne(value) & value.notna(), WINSORISED, filled.notna() & clipped.isna()
        )
        result[name] = filled
        result[f"{name}_flag"] = flag
        result[f"{name}_before"] = value.where(flag.ne(""))
    return result


def _clip(value: pd.Series, year: pd.Series, outliers: Outliers) -> pd.Series:
    """Values beyond the study's percentiles set to them, within each year or over all."""
    if outliers.method == "none":
        return value
    group = year if outliers.by == "year" else pd.Series(0, index=value.index)
    grouped = value.groupby(group)
    low = group.map(grouped.quantile(outliers.lower))
    high = group.map(grouped.quantile(outliers.upper))
    return value.clip(low, high)


def _fill(
    value: pd.Series, panel: pd.DataFrame, gaps: Gaps, segment: pd.Series | None
) -> pd.Series:
    """Straight lines over gaps of at most ``limit`` years; never beyond the ends of a series."""
    if gaps.method == "none":
        return value
    part = pd.Series(0, index=panel.index) if segment is None else segment
    rows = pd.DataFrame(
        {"city": panel["city_code"], "part": part, "year": panel["year"], "value": value}
    ).sort_values(["city", "year"])
    rows["known"] = rows["year"].where(rows["value"].notna())
    grouped = rows.groupby(["city", "part"], sort=False)
    before, after = grouped["known"].ffill(), grouped["known"].bfill()
    low, high = grouped["value"].ffill(), grouped["value"].bfill()
    width = after - before
    line = low + (high - low) * (rows["year"] - before) / width.where(width > 0)
    inside = rows["value"].isna() & (width - 1 <= gaps.limit)
    return rows["value"].mask(inside, line).reindex(panel.index)


def _joined(first: pd.Series, word: str, second: pd.Series) -> pd.Series:
    clipped = pd.Series(np.where(first, word, ""), index=first.index)
    return clipped.mask(second, INTERPOLATED)
