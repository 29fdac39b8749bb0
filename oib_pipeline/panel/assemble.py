"""The chosen values, one row for each city, year and scope."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.contract.variables import variables

INDEX = ["precedence", "city_code", "year", "scope"]


def assemble(sources: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``core_city_year``: a column for every variable of the contract, in its unit.

    Parameters
    ----------
    sources
        Rows of ``core_sources`` of one or more orders of precedence, for any cities.
    """
    chosen = sources[sources["chosen"].astype(bool)]
    long = chosen.set_index([*INDEX, "variable"])["value"]
    wide = long.unstack("variable")  # noqa: PD010 (a repeated key must raise, not be averaged)
    names = list(variables())
    wide = wide.reindex(columns=names).astype("float64").sort_index()
    wide.columns.name = None
    return wide.reset_index()
