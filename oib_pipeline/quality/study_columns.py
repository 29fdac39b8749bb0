"""Columns derived from a study panel, for expectations to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from oib_pipeline.quality.numbers import agree


def added_columns(outcomes: Sequence[str], controls: Sequence[str]) -> dict[str, str]:
    """Columns a study adds to its panel, with their types."""
    types = {"": "DOUBLE", "_flag": "VARCHAR", "_before": "DOUBLE", "_doubts": "VARCHAR"}
    return {f"{name}{end}": kind for name in (*outcomes, *controls) for end, kind in types.items()}


def with_expected(
    frame: pd.DataFrame, starts: Mapping[str, int], names: Sequence[str], listed: pd.DataFrame
) -> pd.DataFrame:
    """The panel with what each column should be beside it, and marks on what is not."""
    for column in added_columns(names, ()):
        if column not in frame:
            frame[column] = np.nan
    frame["treated_x_post"] = frame["treated"] * frame["post"]
    earliest = min(starts.values(), default=np.nan)
    frame["years_since_start"] = frame["year"] - frame["city_code"].map(starts).fillna(earliest)
    frame["since_start"] = (frame["years_since_start"] >= 0).astype("int64")
    by_city = frame.groupby("city_code")["treated"]
    frame["least_treated"], frame["most_treated"] = (
        by_city.transform("min"),
        by_city.transform("max"),
    )
    for name in names:
        value = pd.to_numeric(frame[name], errors="coerce")
        gaps = listed[listed["variable"].isna() | (listed["variable"] == name)]
        known = value.isna() & _pairs(frame).isin(_pairs(gaps))
        mark = pd.Series(name, frame.index)
        frame[f"{name}_unlisted"] = mark.where(~(np.isfinite(value) | known))
        before, flag = frame[f"{name}_before"], frame[f"{name}_flag"].fillna("")
        changed = before.notna() & ~agree(before, value, 0.0)
        frame[f"{name}_unflagged"] = mark.where(changed & (flag == ""))
    return frame


def gaps_listed(listed: pd.DataFrame | None) -> pd.DataFrame:
    """Known gaps with the columns looked at; none where nothing is given."""
    columns = ["city_code", "year", "variable"]
    if listed is None:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in columns})
    return listed.reindex(columns=columns)


def _pairs(frame: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(frame[["city_code", "year"]])
