"""Expectations generated from the contract; coverage of years and cities."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import pandas as pd
from pandas.api import types

from oib_pipeline.contract.tables import Column, Table, tables
from oib_pipeline.indices.table import inputs_of
from oib_pipeline.quality.engine import judge_view
from oib_pipeline.quality.expectations import Expect, View, between, equal, matches, one_of, present
from oib_pipeline.quality.expectations import unique as unique_key
from oib_pipeline.quality.outcome import Outcome

WHOLE = {"integer", "boolean"}
NUMBERS = {*WHOLE, "floating", "mixed-integer-float", "decimal"}
TIMES = {"date", "datetime", "datetime64"}


def prepared(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A copy with every column of the contract, absent ones empty; blank texts are missing.

    Only columns that the contract requires have blanks turned to missing: a key may hold an
    empty sheet name, a reason may be empty.
    """
    copy = frame.reset_index(drop=True)
    for name, column in tables()[table].columns.items():
        if name not in copy:
            copy[name] = pd.Series(pd.NA, index=copy.index, dtype="object")
        elif column.valid.get("required") and column.type == "VARCHAR":
            text = copy[name].astype("object")
            copy[name] = text.where(text.astype(str).str.strip() != "", None)
    return copy


def schema_view(table: str, frame: pd.DataFrame, further: Mapping[str, str] | None = None) -> View:
    """One row a column of the contract (and ``further`` columns): the type expected and found."""
    expected = {name: column.type for name, column in tables()[table].columns.items()}
    expected |= further or {}
    rows = [
        (name, kind, found_type(frame[name], kind) if name in frame else "absent")
        for name, kind in expected.items()
    ]
    schema = pd.DataFrame(rows, columns=["column", "expected_type", "found_type"])
    expect = equal(
        "columns_typed",
        "found_type",
        "expected_type",
        "each column is there in its type",
        show=("expected_type", "found_type"),
    )
    return View(f"{table} columns", schema, ("column",), (expect,))


def found_type(column: pd.Series, expected: str) -> str:
    """The contract's type where the column fits it, else what it holds."""
    if column.isna().all():
        return expected
    if types.is_bool_dtype(column.dtype):
        held = "boolean"
    elif types.is_integer_dtype(column.dtype):
        held = "integer"
    elif types.is_float_dtype(column.dtype):
        whole = column.dropna() % 1 == 0
        held = "integer" if whole.all() and expected == "INTEGER" else "floating"
    else:
        held = types.infer_dtype(column, skipna=True)
    fits = {
        "VARCHAR": {"string"},
        "INTEGER": {"integer"},
        "DOUBLE": NUMBERS - {"boolean"},
        "BOOLEAN": {"boolean"},
        "DATE": TIMES,
    }
    return expected if held in fits[expected] else f"{expected}? {held}"


def key_expects(table: str) -> list[Expect]:
    """The key is complete and unique."""
    key = tables()[table].key
    return [present("keys_unique", name) for name in key] + [unique_key("keys_unique", key)]


def valid_expects(
    table: str, besides: Collection[str] = (), check: str = "values_valid"
) -> list[Expect]:
    """Ranges, sets, patterns and required values of every column but those ``besides``."""
    spec = tables()[table]
    wanted = {name: column for name, column in spec.columns.items() if name not in besides}
    return [
        expect for name, column in wanted.items() for expect in _valid(spec, name, column, check)
    ]


def range_expect(check: str, table: str, name: str) -> Expect:
    """The contract's range of one column, as an expectation of another check."""
    valid = tables()[table].columns[name].valid
    return between(check, name, valid.get("min"), valid.get("max"), inputs=inputs_of(name))


def _valid(table: Table, name: str, column: Column, check: str) -> list[Expect]:
    valid = column.valid
    inputs = (name,) if table.name == "core_city_year" else inputs_of(name)
    expects = []
    if valid.get("required") and name not in table.key:
        expects.append(present(check, name))
    if "min" in valid or "max" in valid:
        expects.append(between(check, name, valid.get("min"), valid.get("max"), inputs=inputs))
    if "in" in valid:
        expects.append(one_of(check, name, valid["in"]))
    if "matches" in valid:
        expects.append(matches(check, name, valid["matches"]))
    return expects


def check_further(table: str, frame: pd.DataFrame) -> list[Outcome]:
    """Outcomes for a table such as ``est_balance``: its columns, its key, what is valid."""
    expects = (*key_expects(table), *valid_expects(table))
    view = View(table, prepared(table, frame), tables()[table].key, expects)
    return judge_view(table, [schema_view(table, frame), view])


def years_view(
    name: str,
    check: str,
    frame: pd.DataFrame,
    *,
    years: Iterable[int],
    cities: Iterable[str],
    min_share: float,
    by: Sequence[tuple[str, str]] = (("", ""),),
) -> View:
    """One row an expected year (and scope or variable): the share of expected cities that is there.

    ``by`` lists (column, value) pairs to look at one by one; ("", "") looks at the whole frame.
    """
    wanted = sorted(set(cities))
    known = frame[frame["city_code"].isin(wanted)]
    parts = [
        _by_year(known if not column else known[known[column] == value], years, value)
        for column, value in by
    ]
    counts = pd.concat(parts, ignore_index=True)
    counts["expected_cities"] = len(wanted)
    counts["share"] = counts["cities"] / max(len(wanted), 1)
    says = f"at least {min_share:.0%} of the expected cities"
    shown = ("cities", "expected_cities")
    expect = between(check, "share", min_share, 1, says, show=shown)
    return View(f"{name} by year", counts, ("of", "year"), (expect,))


def city_years_view(
    name: str,
    check: str,
    frame: pd.DataFrame,
    *,
    years: Iterable[int],
    cities: Iterable[str],
    listed: pd.DataFrame | None = None,
) -> View:
    """One row an expected city-year: present, listed (as known to be missing) or missing."""
    grid = city_years(years, cities)
    grid["state"] = "missing"
    if listed is not None:
        grid.loc[_member(grid, listed), "state"] = "listed"
    grid.loc[_member(grid, frame), "state"] = "present"
    says = "present, or listed as known to be missing"
    expect = one_of(check, "state", ["present", "listed"], says, show=("state",))
    return View(f"{name} by city and year", grid, ("city_code", "year"), (expect,))


def in_use(
    frame: pd.DataFrame, years: Iterable[int], cities: Iterable[str], scope: str
) -> pd.Series:
    """Rows that a study rests on; a fault elsewhere is told but need not stop it."""
    return (
        (frame["scope"] == scope)
        & frame["year"].isin(set(years))
        & frame["city_code"].isin(set(cities))
    )


def city_years(years: Iterable[int], cities: Iterable[str]) -> pd.DataFrame:
    """Every expected city and year, in order."""
    index = pd.MultiIndex.from_product(
        [sorted(set(cities)), sorted(set(years))], names=["city_code", "year"]
    )
    return index.to_frame(index=False)


def _by_year(frame: pd.DataFrame, years: Iterable[int], of: str) -> pd.DataFrame:
    counts = frame.groupby("year")["city_code"].nunique()
    counts = counts.reindex(sorted(set(years)), fill_value=0)
    return pd.DataFrame({"of": of, "year": counts.index, "cities": counts.to_numpy()})


def _member(grid: pd.DataFrame, frame: pd.DataFrame) -> pd.Series:
    pairs = pd.MultiIndex.from_frame(frame[["city_code", "year"]])
    return pd.Series(pd.MultiIndex.from_frame(grid[["city_code", "year"]]).isin(pairs))
