"""Whether a frame is a slice of a table: its columns, its key, and nothing outside the slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.tables import Table

if TYPE_CHECKING:
    import pandas as pd

Scalar = str | int | bool
Slice = Mapping[str, Scalar | Sequence[Scalar]]


def fits(table: Table, frame: pd.DataFrame, where: Slice) -> None:
    """Nothing, where it is.

    Raises
    ------
    OibError
        Naming the table and the first column or row that does not belong.
    """
    name = table.name
    unknown = [column for column in frame.columns if column not in table.columns]
    if unknown and not table.open:
        raise OibError(f"{name} has no column {', '.join(unknown)}")
    lacking = [column for column in table.key if column not in frame.columns]
    if lacking:
        raise OibError(f"{name} needs its key column {', '.join(lacking)}")
    repeated = frame.duplicated(list(table.key))
    if repeated.any():
        row = frame.loc[repeated, list(table.key)].iloc[0].to_dict()
        raise OibError(f"{name}: {int(repeated.sum())} rows repeat their key, as {row}")
    for column, wanted in where.items():
        many = [wanted] if isinstance(wanted, str | int | bool) else list(wanted)
        outside = ~frame[column].isin(many)
        if outside.any():
            row = frame.loc[outside, column].iloc[0]
            raise OibError(f"{name}: a row with {column} {row!r} lies outside the slice {many}")
