"""How many cities have a value, by variable, year and source."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.contract.variables import variables
from oib_pipeline.report.inputs import ReportInputs

KEYS = ["variable", "year", "series", "release"]


def counts(sources: pd.DataFrame) -> pd.DataFrame:
    """Cities whose value was chosen, by variable, year, series and release.

    Takes ``core_sources`` (one row a candidate) or the same already counted (column ``n``).
    """
    if "n" in sources:
        return sources.groupby(KEYS, sort=True, as_index=False)["n"].sum()
    chosen = sources[sources["chosen"].astype(bool)]
    counted = chosen.groupby(KEYS, sort=True)["city_code"].nunique()
    return counted.rename("n").reset_index()


def coverage(counted: pd.DataFrame, inputs: ReportInputs) -> pd.DataFrame:
    """Cities with a value: variables in the contract's order by years of the study."""
    order = [name for name in variables() if name in set(counted["variable"])]
    wide = counted.pivot_table(index="variable", columns="year", values="n", aggfunc="sum")
    return wide.reindex(index=order, columns=inputs.study.year_list).fillna(0).astype(int)
