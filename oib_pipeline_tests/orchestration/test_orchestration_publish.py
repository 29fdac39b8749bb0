"""The published copy is read-only, and nothing written into the last one reaches the next."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import duckdb

from oib_pipeline.client.publish import publish
from oib_pipeline.settings import Settings

LEAVE_A_LOG = """
import duckdb, os, sys
held = duckdb.connect(sys.argv[1])
held.execute("PRAGMA disable_checkpoint_on_shutdown")
held.execute("INSERT INTO t VALUES (666)")
os._exit(0)
"""


def write(settings: Settings, value: int) -> None:
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("CREATE OR REPLACE TABLE t AS SELECT ? AS value", [value])


def published(settings: Settings) -> list[tuple[int]]:
    with duckdb.connect(str(settings.published), read_only=True) as connection:
        return connection.execute("SELECT value FROM t").fetchall()


def log(settings: Settings) -> Path:
    return settings.published.with_name(settings.published.name + ".wal")


def scribble(settings: Settings) -> None:
    """Write into the published copy and die before the log is folded in."""
    settings.published.chmod(0o644)
    subprocess.run([sys.executable, "-c", LEAVE_A_LOG, str(settings.published)], check=True)
    assert log(settings).is_file()


def test_a_log_beside_the_last_copy_does_not_reach_the_next(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, raw=tmp_path / "raw")
    write(settings, 1)
    assert publish(settings)
    scribble(settings)
    write(settings, 2)
    assert publish(settings)
    assert not log(settings).exists()
    assert published(settings) == [(2,)]


def test_a_copy_that_was_written_into_is_made_anew(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, raw=tmp_path / "raw")
    write(settings, 1)
    publish(settings)
    scribble(settings)
    assert publish(settings)
    assert published(settings) == [(1,)]
    assert not publish(settings)


def test_the_copy_is_read_only_and_a_half_made_one_is_no_hindrance(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, raw=tmp_path / "raw")
    write(settings, 1)
    half = settings.published.with_name(f".{settings.published.name}.new")
    half.parent.mkdir(parents=True, exist_ok=True)
    half.write_bytes(b"half")
    half.chmod(0o444)
    assert publish(settings)
    assert stat.S_IMODE(settings.published.stat().st_mode) == 0o444
    assert not half.exists()
    assert published(settings) == [(1,)]
