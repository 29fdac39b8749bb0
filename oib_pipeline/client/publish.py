"""The read-only copy of the warehouse that people open, replaced in one step."""

from __future__ import annotations

import shutil
from pathlib import Path

from oib_pipeline.settings import Settings
from oib_pipeline.study import read_study
from oib_pipeline.versions.ledger import read_ledger
from oib_pipeline.warehouse import Warehouse

READ_ONLY = 0o444


def publish(settings: Settings) -> bool:
    """Whether a copy was made: only where the warehouse is newer than the published one."""
    build, published = settings.warehouse, settings.published
    if not build.is_file() or _same(settings):
        return False
    _settle(settings)
    fresh = published.with_name(f".{published.name}.new")
    fresh.unlink(missing_ok=True)  # one left read-only by a killed process cannot be written over
    shutil.copy2(build, fresh)
    fresh.chmod(READ_ONLY)
    # what somebody wrote into the last copy must not be replayed into this one
    _log(published).unlink(missing_ok=True)
    fresh.replace(published)
    return True


def add_views(settings: Settings) -> None:
    """The view that leads from each number of a study to its cells, for every study held."""
    import duckdb

    from oib_pipeline.panel import trace_view

    held = read_ledger(Warehouse(settings.warehouse)).parts("core_study_panel")
    paths = [settings.studies / f"{name}.yml" for name in sorted(held)]
    studies = [read_study(path) for path in paths if path.is_file()]
    if studies:
        with duckdb.connect(str(settings.warehouse)) as connection:
            panel = connection.execute("SELECT * FROM core.core_study_panel LIMIT 0")
            columns = {name for name, *_ in panel.description or ()}
            connection.execute(trace_view(studies, columns))


def _same(settings: Settings) -> bool:
    build, published = settings.warehouse, settings.published
    if not published.is_file() or _log(build).exists() or _log(published).exists():
        return False
    one, other = build.stat(), published.stat()
    return (one.st_mtime_ns, one.st_size) == (other.st_mtime_ns, other.st_size)


def _settle(settings: Settings) -> None:
    """Fold DuckDB's write-ahead log, left by a killed process, into the file."""
    if not _log(settings.warehouse).exists():
        return
    import duckdb

    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("CHECKPOINT")


def _log(database: Path) -> Path:
    return database.with_name(database.name + ".wal")
