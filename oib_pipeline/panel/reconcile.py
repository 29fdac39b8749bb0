"""One source for each value, the chosen values side by side, and where the others differ.

The choice, the wide table and the comparison are SQL in ``panel/sql/``; the sentences are here.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from oib_pipeline.contract.variables import bundles, variables
from oib_pipeline.panel.candidates import KEY, place, rounding

if TYPE_CHECKING:
    import duckdb

INDEX = ["precedence", "city_code", "year", "scope"]
CONFLICT = [
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
    releases = candidates[["release", "series", "edition"]].drop_duplicates("release")
    members = [(name, bundle, len(group)) for bundle, group in bundles().items() for name in group]
    with _database(
        candidates=_numbered(candidates[[*KEY, "release", "value"]]),
        releases=releases,
        series=pd.DataFrame({"series": list(sources), "place": range(len(sources))}),
        bundles=pd.DataFrame(members, columns=["variable", "bundle", "members"]),
    ) as database:
        database.execute(f"CREATE TABLE choice AS {_sql('choose')}")
        cases = database.execute("SELECT DISTINCT * EXCLUDE (row) FROM choice").df()
        database.register("cases", cases.assign(number=range(len(cases))))
        found = database.execute("SELECT number FROM choice NATURAL JOIN cases ORDER BY row").df()
    series_of = dict(zip(releases["release"], releases["series"], strict=True))
    reasons = [_reason(case, series_of) for case in cases.itertuples()]
    cases = cases.assign(reason=pd.Series(reasons, dtype="str"))
    return candidates.reset_index(drop=True).assign(
        chosen=cases["chosen"].to_numpy()[found["number"]],
        reason=cases["reason"].take(found["number"]).reset_index(drop=True),
    )


def _reason(case: Any, series_of: Mapping[str, str]) -> str:
    """Why a value was chosen or passed over, in words."""
    if case.chosen:
        return _why_chosen(case)
    if not case.usable:
        return "taken out by a correction"
    if case.incomplete:
        return f"passed over: {case.release} does not have all of {case.bundle}"
    series, preferred = series_of[case.release], series_of[case.winner]
    if series == preferred:
        return f"passed over: an earlier edition than {case.winner}"
    return f"passed over: {series} comes after {preferred} in the order of sources"


def _why_chosen(case: Any) -> str:
    if not case.rivals:
        return "chosen: the only release that has it"
    if case.preferred:
        return f"chosen: first in the order of sources of {case.rivals + 1} releases"
    if case.bundle:
        return f"chosen: first release that has all of {case.bundle}"
    return "chosen: first release that still has a value"


def assemble(sources: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``core_city_year``: a column for every variable of the contract, in its unit.

    Parameters
    ----------
    sources
        Rows of ``core_sources`` of one or more orders of precedence, for any cities.

    Raises
    ------
    ValueError
        When two values are chosen for one city, year, scope and variable.
    """
    names = list(variables())
    values = _keys_and_values(sources)
    with _database(sources=values, variables=pd.DataFrame({"name": names})) as database:
        wide = database.execute(_sql("wide")).df()
    if wide[names].count().sum() != values.loc[values["chosen"], "value"].count():
        _refuse_repeated(values[values["chosen"]])
    return wide[[*INDEX, *names]].astype(sources[INDEX].dtypes.to_dict())


def _refuse_repeated(chosen: pd.DataFrame) -> None:
    key = [*INDEX, "variable"]
    repeated = chosen.loc[chosen.duplicated(key), key]
    if len(repeated):
        first = " ".join(map(str, repeated.iloc[0]))
        raise ValueError(f"more than one value is chosen for {first}")


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
    tolerated = [(name, *tolerances()[spec.kind]) for name, spec in variables().items()]
    with _database(
        sources=_numbered(_keys_and_values(sources)),
        tolerances=pd.DataFrame(tolerated, columns=["variable", "relative", "absolute"]),
    ) as database:
        pairs = database.execute(_sql("conflicts")).df()
    passed = sources.iloc[pairs["row"]].reset_index(drop=True)
    chosen = sources.iloc[pairs["chosen_row"]].reset_index(drop=True)
    beyond = pairs["gap"] > pairs["tolerated"] + rounding(passed) + rounding(chosen)
    result = passed.assign(
        place=place(passed),
        chosen_release=chosen["release"],
        chosen_value=chosen["value"],
        chosen_place=place(chosen),
        relative_difference=pairs["relative_difference"],
    )
    return result.loc[beyond, CONFLICT].reset_index(drop=True)


def _database(**frames: pd.DataFrame) -> duckdb.DuckDBPyConnection:
    """A DuckDB database in memory that has these frames as tables."""
    import duckdb

    # one thread: to deal out rows this few costs more than it saves
    database = duckdb.connect(config={"threads": 1})
    database.execute("SET enable_progress_bar = false")  # it is printed to stdout after 2 s
    for name, frame in frames.items():
        database.register(name, frame)
    return database


def _keys_and_values(sources: pd.DataFrame) -> pd.DataFrame:
    """The columns of ``core_sources`` that the SQL reads."""
    return sources[["precedence", *KEY, "value"]].assign(chosen=sources["chosen"].astype(bool))


def _numbered(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(row=np.arange(len(rows)))


@cache
def _sql(name: str) -> str:
    return files(__package__).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
