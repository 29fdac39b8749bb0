"""Views generated from the contract: types, keys, ranges, sets, patterns."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd
from pandas.api import types

from oib_pipeline.contract.tables import Column, Table, tables
from oib_pipeline.indices.table import inputs_of
from oib_pipeline.quality.expect import Expect, View, between, equal, matches, one_of, present
from oib_pipeline.quality.expect import unique as unique_key

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
