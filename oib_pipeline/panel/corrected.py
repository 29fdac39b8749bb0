"""Which city-years of an output rest on a figure that a correction changed or took away."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from oib_pipeline.indices.formulas import formulas_of

YEAR = ["city_code", "year"]


def corrected_outputs(sources: pd.DataFrame, outputs: Sequence[str]) -> dict[str, pd.MultiIndex]:
    """City-years (code, year) of each output that a correction reaches.

    A correction reaches an output when the figure chosen for one of its inputs was corrected, or
    when a correction took out the figure that would have been preferred.

    Parameters
    ----------
    sources
        Rows of ``core_sources`` of one precedence and scope.
    """
    empty = pd.MultiIndex.from_arrays([[], []], names=YEAR)
    if "correction" not in sources.columns:
        return dict.fromkeys(outputs, empty)
    reached = sources["correction"].notna()
    touched = sources[reached & (sources["chosen"].astype(bool) | sources["value"].isna())]
    chosen = sources.loc[sources["chosen"].astype(bool), [*YEAR, "variable"]]
    return {name: _reached(name, touched, chosen) for name in outputs}


def _reached(output: str, touched: pd.DataFrame, chosen: pd.DataFrame) -> pd.MultiIndex:
    """Touched inputs of the way used, or of one preferred to it, in each part."""
    found = [pd.MultiIndex.from_frame(touched.iloc[:0][YEAR])]
    ways = formulas_of(output)
    for part in sorted({way.part for way in ways}):
        settled = pd.MultiIndex.from_frame(touched.iloc[:0][YEAR])
        for way in (way for way in ways if way.part == part):
            rows = touched[touched["variable"].isin(way.inputs)]
            here = pd.MultiIndex.from_frame(rows[YEAR]).unique()
            found.append(here[~here.isin(settled)])
            counts = chosen[chosen["variable"].isin(way.inputs)].groupby(YEAR).size()
            settled = settled.union(counts[counts == len(way.inputs)].index)
    union = found[0]
    for index in found[1:]:
        union = union.union(index)
    return union.unique()
