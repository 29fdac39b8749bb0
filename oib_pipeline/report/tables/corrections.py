"""Errors of the sources that the corrections file replaces."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.document import Table
from oib_pipeline.report.tables.plain import plain_table


def corrections_table(frame: pd.DataFrame) -> Table:
    """Every correction as the file gives it."""
    return plain_table(frame, name="corrections", title="Corrections of the sources")
