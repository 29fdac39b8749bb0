"""DDL from the contract; does a frame fit its slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.tables import Table, tables

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


BESIDE = {
    "_flag": "Repairs, joined by +, of",
    "_before": "Value before repair of",
    "_doubts": "Rules that flag an input of",
}
TYPES = {"i": "BIGINT", "u": "BIGINT", "f": "DOUBLE", "b": "BOOLEAN", "M": "TIMESTAMP"}


def ensure(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """The table in its schema, with the columns of the contract and their comments."""
    known = {
        name
        for (name,) in connection.execute(
            "SELECT column_name FROM duckdb_columns() WHERE schema_name = ? AND table_name = ?",
            [table.schema, table.name],
        ).fetchall()
    }
    if not known:
        _create(connection, table)
    for name, column in table.columns.items():
        if known and name not in known:
            add_column(connection, table, name, column.type)
        if name not in known:
            _comment(connection, f"COLUMN {table.qualified}.{quoted(name)}", column.about)


def ensure_open(connection: duckdb.DuckDBPyConnection, table: Table, frame: pd.DataFrame) -> None:
    """Columns of an open table that this frame brings and the table lacks."""
    present = connection.execute(f"SELECT * FROM {table.qualified} LIMIT 0").description or []
    names = {column[0] for column in present}
    for name in frame.columns:
        if name not in names:
            kind = getattr(frame[name].dtype, "kind", "O")
            add_column(connection, table, name, TYPES.get(kind, "VARCHAR"))
            _comment(connection, f"COLUMN {table.qualified}.{quoted(name)}", column_comment(name))


def column_comment(column: str) -> str:
    """What a column of an open table holds, from the contract's other tables."""
    for suffix, of in BESIDE.items():
        if column.endswith(suffix):
            return f"{of} {column.removesuffix(suffix)}"
    for table in tables().values():
        if column in table.columns:
            return table.columns[column].about
    if column.startswith("choice_"):
        return f"Choice of {column.removeprefix('choice_').replace('_', ' ')} in a specification"
    return "Special to the result; see the docstring of its estimator"


def add_column(connection: duckdb.DuckDBPyConnection, table: Table, name: str, kind: str) -> None:
    """One more column, missing in the rows that are there."""
    connection.execute(f"ALTER TABLE {table.qualified} ADD COLUMN {quoted(name)} {kind}")


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _create(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    columns = ", ".join(f"{quoted(name)} {spec.type}" for name, spec in table.columns.items())
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {table.schema}")
    connection.execute(f"CREATE TABLE {table.qualified} ({columns})")
    key = ", ".join(table.key)
    _comment(connection, f"TABLE {table.qualified}", f"{table.about} Key: {key}.")


def _comment(connection: duckdb.DuckDBPyConnection, target: str, text: str) -> None:
    literal = text.replace("'", "''")
    connection.execute(f"COMMENT ON {target} IS '{literal}'")


Scalar = str | int | bool
Slice = Mapping[str, Scalar | Sequence[Scalar]]


def misfits(table: Table, frame: pd.DataFrame, where: Slice) -> None:
    """Nothing, where it is.

    Raises
    ------
    OibError
        Naming the table and the first column or row that does not belong.
    """
    name = table.name
    unknown = [column for column in frame.columns if column not in table.columns]
    if unknown and not table.open:
        raise OibError(f"{name} has no column {', '.join(unknown)}")
    lacking = [column for column in table.key if column not in frame.columns]
    if lacking:
        raise OibError(f"{name} needs its key column {', '.join(lacking)}")
    repeated = frame.duplicated(list(table.key))
    if repeated.any():
        row = frame.loc[repeated, list(table.key)].iloc[0].to_dict()
        raise OibError(f"{name}: {int(repeated.sum())} rows repeat their key, as {row}")
    for column, wanted in where.items():
        many = [wanted] if isinstance(wanted, str | int | bool) else list(wanted)
        outside = ~frame[column].isin(many)
        if outside.any():
            row = frame.loc[outside, column].iloc[0]
            raise OibError(f"{name}: a row with {column} {row!r} lies outside the slice {many}")
