"""A connection for many reads: opening the file costs more than what most of them ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from oib_pipeline.warehouse.warehouse import Warehouse

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
