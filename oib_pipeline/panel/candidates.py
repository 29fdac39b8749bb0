"""Every value a study may use, in contract units, with its release, place and printed precision."""

from __future__ import annotations

from typing import Any

import pandas as pd

from oib_pipeline.contract.errors import OibError, Problem, SourceError
from oib_pipeline.contract.variables import factor, stated_units, variables
from oib_pipeline.study import Study

KEY = ["city_code", "year", "scope", "variable"]
PLACE = ["release", "file", "sheet", "cell"]
SAME = 1e-9  # relative; cells of one release that differ by less print one number twice


def candidates(observations: pd.DataFrame, releases: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Rows of ``core_sources`` before any choice: one a city, year, scope, variable and release.

    Parameters
    ----------
    observations
        Rows of ``raw_observations``, with or without the ``correction`` column that
        ``apply_corrections`` adds.
    releases
        Rows of ``raw_releases``.
    study
        Its ``sources`` and ``synthetic`` say which releases count.

    Returns
    -------
    pandas.DataFrame
        The columns of ``core_sources`` without ``chosen`` and ``reason``, sorted by key; values in
        contract units, NaN only where a correction removed a value.

    Raises
    ------
    OibError
        When no release of the study's series was read.
    SourceError
        For a unit or a variable the contract does not know, or two different values of one
        release for one key; each with its cell.
    """
    rows = _plain(observations).merge(_eligible(releases, study), on="release", how="inner")
    rows = rows.rename(columns={"unit": "stated_unit"})
    rows["value"] = rows["value"].astype("float64") * _factors(rows)
    if "correction" not in rows.columns:
        rows["correction"] = None
    rows = rows[rows["value"].notna() | rows["correction"].notna()]
    rows = _one_each(rows)
    rows.insert(0, "precedence", study.precedence)
    columns = ["series", "edition", "file", "sheet", "cell", "text", "stated_unit", "value"]
    return rows[["precedence", *KEY, "release", *columns, "correction"]]


def _plain(observations: pd.DataFrame) -> pd.DataFrame:
    """Categories made text, so that rows sort by what they say and not by what was read first."""
    coded = observations.select_dtypes("category").columns
    return observations.astype(dict.fromkeys(coded, "str"))


def _eligible(releases: pd.DataFrame, study: Study) -> pd.DataFrame:
    kind = releases["synthetic"].astype(bool) == study.synthetic
    found = releases.loc[
        kind & releases["series"].isin(study.sources), ["release", "series", "edition"]
    ]
    if found.empty:
        word = "synthetic" if study.synthetic else "genuine"
        there = ", ".join(sorted(set(releases.loc[kind, "series"]))) or "none"
        raise OibError(
            f"study {study.name!r} takes its values from {word} releases of the series "
            f"{', '.join(study.sources)}; the {word} releases read are of: {there}. "
            "Name another folder with --raw, or change `sources` or `synthetic` of the study"
        )
    return found.assign(edition=found["edition"].astype(str))


def _factors(rows: pd.DataFrame) -> pd.Series:
    """Factor to the contract unit, looked up once for each pair of variable and stated unit."""
    pairs = rows[["variable", "stated_unit"]].drop_duplicates()
    known = variables()
    pairs["factor"] = [
        factor(name, unit) if name in known else None
        for name, unit in pairs.itertuples(index=False)
    ]
    unknown = pairs[pairs["factor"].isna()]
    if len(unknown):
        first = unknown.merge(rows, on=["variable", "stated_unit"], how="left")
        first = first.drop_duplicates(["variable", "stated_unit"])
        raise SourceError([_unit_problem(row) for row in first.itertuples()])
    joined = rows[["variable", "stated_unit"]].merge(
        pairs, on=["variable", "stated_unit"], how="left"
    )
    return joined["factor"].astype("float64").set_axis(rows.index)


def _unit_problem(row: Any) -> Problem:
    where = {name: str(getattr(row, name)) for name in PLACE}
    name, unit = str(row.variable), row.stated_unit
    if name not in variables():
        return Problem(
            found=f"variable {name!r}",
            expected="a variable of contract/variables.csv",
            todo="Add it there, or correct the layout that named it.",
            **where,
        )
    return Problem(
        found=f"unit {unit!r} for {name}",
        expected=f"one of {', '.join(stated_units(name))}",
        todo="Add the spelling and its factor to contract/units.csv, or correct the layout.",
        **where,
    )


def _one_each(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a key and release; equal repeats are dropped, different ones are an error."""
    key = [*KEY, "release"]
    rows = rows.assign(removed=rows["value"].isna()).sort_values(
        [*key, "removed", *PLACE[1:]], kind="stable", ignore_index=True
    )
    repeated = rows.duplicated(key)
    if not repeated.any():
        return rows
    if rows["correction"].notna().any():
        rows["correction"] = rows.groupby(key, sort=False)["correction"].transform("first")
    again = rows[repeated].merge(rows.drop_duplicates(key), on=key, suffixes=("", "_first"))
    gap = (again["value"] - again["value_first"]).abs()
    different = again[(gap > SAME * again["value_first"].abs()) & gap.notna()]
    if len(different):
        raise SourceError([_clash(row) for row in different.itertuples()])
    return rows[~repeated].reset_index(drop=True)


def _clash(row: Any) -> Problem:
    return Problem(
        found=f"{row.text} for {row.city_code} {row.year} {row.scope} {row.variable}",
        expected=f"{row.text_first}, as in {row.file_first} {row.sheet_first} {row.cell_first}",
        todo="Correct one of them in corrections.yml (`use: missing`), or skip one table.",
        **{name: str(getattr(row, name)) for name in PLACE},
    )


def rounding(sources: pd.DataFrame) -> pd.Series:
    """Half a unit of the last printed digit of each value, in contract units.

    Parameters
    ----------
    sources
        With ``variable``, ``stated_unit`` and ``text``.
    """
    pairs = sources[["variable", "stated_unit"]].drop_duplicates()
    pairs["scale"] = [factor(*pair) or 0.0 for pair in pairs.itertuples(index=False, name=None)]
    scale = sources[["variable", "stated_unit"]].merge(pairs, how="left")["scale"]
    text = sources["text"].fillna("").astype(str).str.strip()
    point = text.str.find(".")
    decimals = (text.str.len() - point - 1).where(point >= 0, 0)
    return 0.5 * scale.set_axis(sources.index) / 10.0 ** decimals.astype("float64")


def digits(text: pd.Series) -> pd.Series:
    """Number of significant digits printed, leading and trailing zeros not counted."""
    plain = text.fillna("").astype(str).str.replace(r"[^\d]", "", regex=True)
    return plain.str.strip("0").str.len()


def place(rows: pd.DataFrame) -> pd.Series:
    """Release, file, sheet and cell of each row in words."""
    sheet = (", sheet " + rows["sheet"]).where(rows["sheet"].fillna("").ne(""), "")
    return rows["release"] + ": " + rows["file"] + sheet + ", " + rows["cell"]
