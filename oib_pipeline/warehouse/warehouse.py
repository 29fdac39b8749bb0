"""DuckDB connections; read and replace slices in one transaction."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.tables import Table, tables
from oib_pipeline.warehouse import schema
from oib_pipeline.warehouse.schema import Slice, misfits, quoted

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


PATIENCE = float(os.environ.get("OIB_PATIENCE") or 30)


@dataclass(frozen=True)
class Warehouse:
    """One DuckDB file, opened late and closed at once.

    Parameters
    ----------
    path
        The file; made with its folder on the first write.
    patience
        Seconds to wait for another process to let go of the file.
    """

    path: Path
    patience: float = PATIENCE

    def replace(self, table: str, frame: pd.DataFrame, where: Slice) -> int:
        """Rows written: the slice ``where`` of a table is deleted and this frame put in its place.

        One transaction, columns matched by name. Every row must lie inside the slice and keys
        must be unique; otherwise an `OibError` is raised and nothing changes.
        """
        return self.replace_many({table: frame}, where)

    def replace_many(self, frames: Mapping[str, pd.DataFrame], where: Slice) -> int:
        """Rows written: the same slice of several tables, all or none of them."""
        return self.replace_slices([(name, frame, where) for name, frame in frames.items()])

    def replace_slices(self, slices: Sequence[tuple[str, pd.DataFrame, Slice]]) -> int:
        """Rows written: slices of several tables, each with its own extent, all or none."""
        for name, frame, where in slices:
            misfits(tables()[name], frame, where)
        with self.opened(read_only=False) as connection:
            connection.execute("BEGIN")
            try:
                for name, frame, where in slices:
                    _replace(connection, tables()[name], frame, where)
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise
        return sum(len(frame) for _, frame, _ in slices)

    def delete(self, table: str, where: Slice) -> None:
        """The slice removed."""
        with self.opened(read_only=False) as connection:
            schema.ensure(connection, tables()[table])
            clause, values = _clause(where)
            connection.execute(f"DELETE FROM {tables()[table].qualified} WHERE {clause}", values)

    def read(self, table: str, where: Slice | None = None) -> pd.DataFrame:
        """A slice of a table, sorted by its key; empty with its columns where nothing is there."""
        spec = tables()[table]
        clause, values = _clause(where or {})
        order = ", ".join(spec.key)
        sql = f"SELECT * FROM {spec.qualified} WHERE {clause} ORDER BY {order}"
        return self.query(sql, values, needs=table)

    def query(
        self, sql: str, values: Sequence[object] = (), needs: str | None = None
    ) -> pd.DataFrame:
        """The result of a read-only query; ``needs`` names a table it takes for granted."""
        with self._holding(needs) as connection:
            if connection:
                return _execute(connection, sql, values).df()
        import pandas as pd

        return pd.DataFrame(columns=list(tables()[str(needs)].columns))

    def rows(
        self, sql: str, values: Sequence[object] = (), needs: str | None = None
    ) -> list[tuple[Any, ...]]:
        """The rows of a read-only query as plain tuples, without pandas; as `query` otherwise."""
        with self._holding(needs) as connection:
            return _execute(connection, sql, values).fetchall() if connection else []

    def count(self, table: str, where: Slice | None = None) -> int:
        """Rows in a slice."""
        clause, values = _clause(where or {})
        sql = f"SELECT count(*) FROM {tables()[table].qualified} WHERE {clause}"
        rows = self.rows(sql, values, needs=table)
        return int(rows[0][0]) if rows else 0

    @contextmanager
    def _holding(self, needs: str | None) -> Iterator[duckdb.DuckDBPyConnection | None]:
        """A connection to read with; None where the table that is needed is not there."""
        if needs and not self.path.is_file():
            yield None
            return
        held = shared(self.path)
        with nullcontext(held) if held else self.opened(read_only=True) as connection:
            yield connection if needs is None or _has(connection, tables()[needs]) else None

    @contextmanager
    def opened(self, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection of its own, closed at the end."""
        import duckdb

        if not read_only:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        elif not self.path.is_file():
            raise OibError(f"{self.path} does not exist yet: run `oib refresh` first")
        connection = self._connect(duckdb, read_only)
        try:
            connection.execute("SET enable_progress_bar = false")  # printed to stdout after 2 s
            yield connection
        finally:
            connection.close()

    def _connect(self, duckdb, read_only: bool) -> duckdb.DuckDBPyConnection:  # type: ignore[no-untyped-def]
        deadline = time.monotonic() + self.patience
        while True:
            try:
                return duckdb.connect(str(self.path), read_only=read_only)
            except duckdb.IOException as error:
                if "lock" not in str(error) or time.monotonic() > deadline:
                    raise OibError(_cannot_open(self.path, error)) from error
                time.sleep(0.2)


def _has(connection: duckdb.DuckDBPyConnection, table: Table) -> bool:
    there = f"schema_name = '{table.schema}' AND table_name = '{table.name}'"
    return bool(_execute(connection, f"SELECT 1 FROM duckdb_tables() WHERE {there}").fetchall())


def _execute(
    connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object] = ()
) -> duckdb.DuckDBPyConnection:
    """A query sent; without values DuckDB is given none, for it imports pandas to look at them."""
    return connection.execute(sql, list(values)) if values else connection.execute(sql)


def _replace(
    connection: duckdb.DuckDBPyConnection, table: Table, frame: pd.DataFrame, where: Slice
) -> None:
    schema.ensure(connection, table)
    if table.open:
        schema.ensure_open(connection, table, frame)
    clause, values = _clause(where)
    connection.execute(f"DELETE FROM {table.qualified} WHERE {clause}", values)
    if len(frame):
        connection.register("incoming", frame)
        connection.execute(f"INSERT INTO {table.qualified} BY NAME SELECT * FROM incoming")
        connection.unregister("incoming")


def _clause(where: Slice) -> tuple[str, list[object]]:
    parts, values = ["true"], list[object]()
    for column, wanted in where.items():
        many = [wanted] if isinstance(wanted, str | int | bool) else list(wanted)
        marks = ", ".join("?" * len(many)) or "NULL"
        parts.append(f"{quoted(column)} IN ({marks})")
        values += many
    return " AND ".join(parts), values


def _cannot_open(path: Path, error: Exception) -> str:
    first = str(error).splitlines()[0]
    if "lock" not in first:
        return (
            f"{path} cannot be opened ({first}): see whether it may be read and written, "
            "and whether the disk is full or read-only"
        )
    return (
        f"{path} cannot be opened ({first}). Another program may hold it: close it there "
        f"and run again (this process is {os.getpid()})"
    )


_OPEN: ContextVar[Mapping[Path, duckdb.DuckDBPyConnection] | None] = ContextVar(
    "open", default=None
)


def shared(path: Path) -> duckdb.DuckDBPyConnection | None:
    """The connection that reads of this file share just now."""
    return (_OPEN.get() or {}).get(path)


@contextmanager
def reading(warehouse: Warehouse) -> Iterator[None]:
    """Reads of the warehouse inside share one connection; a write has to wait until after."""
    if shared(warehouse.path) is not None or not warehouse.path.is_file():
        yield
        return
    with warehouse.opened(read_only=True) as connection:
        before = _OPEN.set({**(_OPEN.get() or {}), warehouse.path: connection})
        try:
            yield
        finally:
            _OPEN.reset(before)
