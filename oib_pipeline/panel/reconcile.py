"""One source for each value, the chosen values side by side, and where the others differ."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from oib_pipeline.contract.variables import bundles, variables
from oib_pipeline.panel.candidates import KEY, place, rounding

GROUP = ["city_code", "year", "scope", "group"]
INDEX = ["precedence", "city_code", "year", "scope"]
COLUMNS = [
    "precedence",
    *KEY,
    "release",
    "value",
    "place",
    "chosen_release",
    "chosen_value",
    "chosen_place",
    "relative_difference",
]


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


@cache
def tolerances() -> dict[str, tuple[float, float]]:
    """Relative and absolute tolerance by kind of variable, from ``tolerances.csv``."""
    text = files(__package__).joinpath("tolerances.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["kind"]: (float(row["relative"]), float(row["absolute"])) for row in rows}


def conflicts(sources: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``core_conflicts``: both values and both cells.

    Two values conflict when they differ by more than the tolerance of their kind of variable and
    by more than the rounding of both as printed.

    Parameters
    ----------
    sources
        Rows of ``core_sources``.
    """
    key = ["precedence", *KEY]
    picked = ["release", "file", "sheet", "cell", "text", "stated_unit", "value"]
    right = sources["chosen"].astype(bool)
    passed = sources.loc[~right & sources["value"].notna(), [*key, *picked]]
    pairs = passed.merge(sources.loc[right, [*key, *picked]], on=key, suffixes=("", "_chosen"))
    pairs = pairs[_gap(pairs) > _tolerated(pairs)]
    other = pairs[[*key, *(f"{name}_chosen" for name in picked)]]
    chosen = other.rename(columns={f"{name}_chosen": name for name in picked})
    pairs = pairs.assign(
        place=place(pairs),
        chosen_place=place(chosen),
        chosen_release=chosen["release"],
        chosen_value=chosen["value"],
        relative_difference=(_gap(pairs) / _size(pairs)).fillna(0.0),
    )
    beyond = _gap(pairs) > _tolerated(pairs) + rounding(pairs) + rounding(chosen)
    return pairs.loc[beyond, COLUMNS].reset_index(drop=True)


def _gap(pairs: pd.DataFrame) -> pd.Series:
    return (pairs["value"] - pairs["value_chosen"]).abs()


def _size(pairs: pd.DataFrame) -> pd.Series:
    return pairs[["value", "value_chosen"]].abs().max(axis=1)


def _tolerated(pairs: pd.DataFrame) -> pd.Series:
    """What the kind of variable allows."""
    names = {name: tolerances()[spec.kind] for name, spec in variables().items()}
    relative = pairs["variable"].map({name: pair[0] for name, pair in names.items()})
    absolute = pairs["variable"].map({name: pair[1] for name, pair in names.items()})
    return np.maximum(relative.astype("float64") * _size(pairs), absolute.astype("float64"))
