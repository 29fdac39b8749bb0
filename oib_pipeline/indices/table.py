"""The indices as one table, and the formulas that a value follows from."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from oib_pipeline.contract.tables import Column
from oib_pipeline.indices.declaration import KEY, Formula
from oib_pipeline.indices.indicators import COMPUTED, INDICATORS

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


def formulas_of(output: str) -> tuple[Formula, ...]:
    """The ways to reach an index or control, in the order of choice; none for another name."""
    return INDICATORS[output].formulas if output in INDICATORS else ()


def used_formulas(output: str, values: pd.Series) -> list[Formula]:
    """For each part of an output the first way whose inputs are all available.

    Parameters
    ----------
    values
        Value of each variable, NaN or absent where missing (a row of ``core_city_year``).
    """
    import pandas as pd

    used: dict[str, Formula] = {}
    for formula in formulas_of(output):
        present = all(pd.notna(values.get(name)) for name in formula.inputs)
        if present and formula.part not in used:
            used[formula.part] = formula
    return list(used.values())


def needs(output: str, available: Collection[str] = ()) -> str:
    """What an output needs, in words: 'gdp_per_capita_cny, or gdp_mcny and ...'.

    Parameters
    ----------
    available
        Variables that need not be named, nor a part that can be made of them; where all parts
        can, every need is named.
    """
    parts: dict[str, list[tuple[str, ...]]] = {}
    for formula in formulas_of(output):
        lacking = tuple(name for name in formula.inputs if name not in available)
        parts.setdefault(formula.part, []).append(lacking)
    named = [", or ".join(map(" and ".join, ways)) for ways in parts.values() if all(ways)]
    return "; ".join(named) if named or not available else needs(output)
