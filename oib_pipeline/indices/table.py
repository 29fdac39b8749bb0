"""The table ``core_indices``, from what each index and control declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oib_pipeline.contract.tables import Column
from oib_pipeline.indices.declaration import KEY
from oib_pipeline.indices.indicators import COMPUTED

if TYPE_CHECKING:
    import pandas as pd


def columns() -> dict[str, Column]:
    """Columns beside the key, as ``contract/tables.yml`` takes them in."""
    return {name: computed.column for name, computed in COMPUTED.items()}


def inputs_of(name: str) -> tuple[str, ...]:
    """Variables of the contract that a column of the table is computed from; none for others."""
    return COMPUTED[name].inputs if name in COMPUTED else ()


def compute_indices(city_year: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``core_indices``, one for each row of ``core_city_year``, in its order.

    A row holds figures of one scope, so no ratio mixes whole-city and districts figures. An index
    that cannot be computed is NaN, with the reason beside it.

    Raises
    ------
    KeyError
        Where a function reads a column that it does not declare as its input.
    """
    import pandas as pd

    made: dict[str, object] = {name: city_year[name] for name in KEY}
    for name, computed in COMPUTED.items():
        made[name] = computed.compute(city_year[list(computed.inputs)])
    return pd.DataFrame(made, index=city_year.index).reset_index(drop=True)
