"""The data behind a table as csv that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd

from oib_pipeline.report.text import visible

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(data: pd.DataFrame) -> str:
    """The frame as csv: numbers in full, text that begins like a formula led by an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_safe(str(name)) for name in data.columns])
    columns = [data.iloc[:, place].to_numpy(dtype=object) for place in range(data.shape[1])]
    writer.writerows([_value(value) for value in row] for row in zip(*columns, strict=True))
    return text.getvalue()


def _value(value: object) -> object:
    if isinstance(value, str):
        return _safe(value)
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (float, np.floating)):
        return "" if np.isnan(value) else repr(float(value))
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    return value if isinstance(value, (int, np.integer)) else _safe(str(value))


def _safe(text: str) -> str:
    return visible(f"'{text}" if text.startswith(FORMULA) else text)
