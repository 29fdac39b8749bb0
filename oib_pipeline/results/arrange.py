"""Estimates as people read them: in their order, without columns of other studies."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.contract.tables import tables


def arranged(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A slice of an ``est_`` table in the order of ``place``.

    Columns beyond the contract belong to some studies and results only; those empty here go.
    """
    own = tables()[table].columns
    other = [name for name in frame.columns if name not in own and frame[name].isna().all()]
    ordered = frame.sort_values("place", kind="stable", ignore_index=True)
    return ordered.drop(columns=["place", *other])
