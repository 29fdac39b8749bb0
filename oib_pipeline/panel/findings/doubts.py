"""Which values of a panel rest on a figure that a rule flags as out of line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from oib_pipeline.contract.variables import bundles
from oib_pipeline.indices.table import formulas_of

YEAR = ["city_code", "year"]
SEVERE = ("error", "warning")
SEPARATOR = "; "


def doubts(
    findings: pd.DataFrame, sources: pd.DataFrame, outputs: Sequence[str]
) -> dict[str, pd.Series]:
    """For each output the doubts on its inputs: text by (city_code, year), others absent.

    An input counts where it was used: of the ways to reach an output those whose figures were
    chosen. Only a flagged figure makes a doubt, an error or a warning, and not a note. A large
    move of the output itself does not: leaving that out would leave out what is to be explained.

    Parameters
    ----------
    findings, sources
        Rows of ``core_findings`` and ``core_sources`` of one precedence and scope.
    """
    flagged = findings[findings["severity"].isin(SEVERE) & findings["value"].notna()]
    flagged = flagged.assign(
        doubt=flagged["rule"] + ": " + flagged["variable"],
        variable=[list(bundles().get(name, (name,))) for name in flagged["variable"]],
    ).explode("variable")
    chosen = sources.loc[sources["chosen"].astype(bool), [*YEAR, "variable"]]
    return {name: _on(name, flagged, chosen) for name in outputs}


def _on(output: str, flagged: pd.DataFrame, chosen: pd.DataFrame) -> pd.Series:
    parts = [flagged.iloc[:0], *_reaching(output, flagged, chosen)]
    rows = pd.concat(parts).drop_duplicates([*YEAR, "doubt"]).sort_values([*YEAR, "doubt"])
    return rows.groupby(YEAR)["doubt"].agg(SEPARATOR.join)


def _reaching(output: str, flagged: pd.DataFrame, chosen: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Flagged inputs of the first way of each part whose figures are all chosen."""
    ways = formulas_of(output)
    for part in dict.fromkeys(way.part for way in ways):
        settled = pd.MultiIndex.from_frame(chosen.iloc[:0][YEAR])
        for way in (way for way in ways if way.part == part):
            counts = chosen[chosen["variable"].isin(way.inputs)].groupby(YEAR).size()
            whole = counts[counts == len(way.inputs)].index
            rows = flagged[flagged["variable"].isin(way.inputs)]
            here = pd.MultiIndex.from_frame(rows[YEAR])
            yield rows[here.isin(whole) & ~here.isin(settled)]
            settled = settled.union(whole)


def spread(doubts: pd.Series, frame: pd.DataFrame, interpolated: pd.Series) -> pd.Series:
    """Doubts of rows of a panel, where a gap was filled those of the two years it lies between.

    Parameters
    ----------
    doubts
        Text of each row, "" for none.
    frame
        city_code and year of each row.
    interpolated
        Which rows were filled.
    """
    order = frame.sort_values(YEAR).index
    own = doubts.loc[order].mask(interpolated.loc[order])
    beside = own.groupby(frame.loc[order, "city_code"])
    both = pd.DataFrame({"before": beside.ffill(), "after": beside.bfill()}).fillna("")
    told = [SEPARATOR.join(dict.fromkeys(filter(None, pair))) for pair in both.to_numpy()]
    return doubts.mask(interpolated, pd.Series(told, index=order))
