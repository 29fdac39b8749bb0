"""Which release each value is taken from, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from oib_pipeline.contract.variables import bundles
from oib_pipeline.panel.candidates import KEY

GROUP = ["city_code", "year", "scope", "group"]


def reconcile(candidates: pd.DataFrame, sources: Sequence[str]) -> pd.DataFrame:
    """The candidates with ``chosen`` and ``reason``: rows of ``core_sources``.

    For a city, year, scope and variable the study's order of series decides, and within a series
    the later edition (as a number where it is one). A bundle (three sector figures) is taken
    whole from the first release that has all its members; where none has, none is chosen.

    Parameters
    ----------
    candidates
        What ``candidates`` returns.
    sources
        Series, the preferred first.
    """
    rows = candidates.reset_index(drop=True)
    members = {name: bundle for bundle, names in bundles().items() for name in names}
    rows["group"] = rows["variable"].map(members).fillna(rows["variable"])
    rows["rank"] = rows["release"].map(_ranks(rows, sources))
    rows["usable"] = rows["value"].notna()
    per_release = rows.groupby([*GROUP, "release"], sort=False)["usable"]
    needed = rows["group"].map({name: len(names) for name, names in bundles().items()}).fillna(1)
    rows["whole"] = per_release.transform("sum") >= needed
    ranks = rows["rank"].where(rows["whole"] & rows["usable"])
    rows["best"] = ranks.groupby([rows[name] for name in GROUP], sort=False).transform("min")
    rows["chosen"] = rows["rank"].eq(rows["best"]) & rows["usable"]
    rows["reason"] = _reasons(rows)
    return rows.drop(columns=["group", "rank", "usable", "whole", "best"])


def _ranks(rows: pd.DataFrame, sources: Sequence[str]) -> dict[str, int]:
    """Place of each release in the order of preference, 0 the first."""
    releases = rows[["release", "series", "edition"]].drop_duplicates("release")
    releases["order"] = releases["series"].map({name: i for i, name in enumerate(sources)})
    releases["number"] = pd.to_numeric(releases["edition"], errors="coerce")
    ordered = releases.sort_values(
        ["order", "number", "edition", "release"],
        ascending=[True, False, False, True],
        na_position="last",
    )
    return {name: place for place, name in enumerate(ordered["release"])}


def _reasons(rows: pd.DataFrame) -> pd.Series:
    """A sentence for each row, written once for each case there is."""
    by_rank = rows.drop_duplicates("rank").set_index("rank")[["release", "series"]]
    cases = pd.DataFrame(
        {
            "release": rows["release"],
            "series": rows["series"],
            "group": rows["group"],
            "usable": rows["usable"],
            "whole": rows["whole"],
            "chosen": rows["chosen"],
            "best": rows["best"].map(by_rank["release"]),
            "best_series": rows["best"].map(by_rank["series"]),
            "rivals": rows.groupby(KEY, sort=False)["release"].transform("size") - 1,
            "first": rows["rank"].eq(rows.groupby(KEY, sort=False)["rank"].transform("min")),
        }
    )
    unique = cases.drop_duplicates()
    sentences = unique.assign(reason=[_sentence(case) for case in unique.itertuples()])
    joined = cases.merge(sentences, on=list(cases.columns), how="left")
    return joined["reason"].set_axis(rows.index)


def _sentence(case: Any) -> str:
    bundle = case.group in bundles()
    if case.chosen:
        return _why_chosen(case, bundle)
    if not case.usable:
        return "taken out by a correction"
    if bundle and not case.whole:
        return f"passed over: {case.release} does not have all of {case.group}"
    if case.series == case.best_series:
        return f"passed over: an earlier edition than {case.best}"
    return f"passed over: {case.series} comes after {case.best_series} in the order of sources"


def _why_chosen(case: Any, bundle: bool) -> str:
    if not case.rivals:
        return "chosen: the only release that has it"
    if not case.first:
        whole = f"first release that has all of {case.group}"
        return f"chosen: {whole}" if bundle else "chosen: first release that still has a value"
    return f"chosen: first in the order of sources of {case.rivals + 1} releases"
