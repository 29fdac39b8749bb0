"""One writer at a time, held by a file lock that dies with its process."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from oib_pipeline.contract.errors import OibError

LONG = 3600.0  # seconds that a run of the UI waits for another's work to end
PAUSE = 0.2
GLANCE = 0.5  # the sensor may be looking whether the lock is held
_held: set[Path] = set()


@contextmanager
def only_one(
    path: Path, *, patience: float = 0.0, say: Callable[[str], object] = print
) -> Iterator[None]:
    """The lock; the operating system lets go of it even when the process is killed.

    A stage inside a refresh passes: its process holds the lock already.

    Parameters
    ----------
    patience
        Seconds to wait for another process to let go of it.
    say
        Takes the line that tells of the wait.

    Raises
    ------
    OibError
        Naming the process that holds it, or why the file cannot be written.
    """
    if path in _held:
        yield
        return
    with _opened(path) as handle:
        _take(handle, patience, say)
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        _held.add(path)
        try:
            yield
        finally:
            _held.discard(path)


def holder(path: Path) -> str:
    """Number of the process that holds the lock; empty where nobody does."""
    if not path.is_file():
        return ""
    with path.open() as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return handle.read().strip() or "unknown"
    return ""


def _opened(path: Path) -> IO[str]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a+")
    except OSError as error:
        raise OibError(
            f"{path} cannot be written ({error.strerror}): is the disk read-only?"
        ) from error


def _take(handle: IO[str], patience: float, say: Callable[[str], object]) -> None:
    deadline, told = time.monotonic() + max(patience, GLANCE), False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            handle.seek(0)
            who = f"another refresh is at work (process {handle.read().strip() or 'unknown'})"
            if time.monotonic() >= deadline:
                raise OibError(f"{who}: wait for it, or end that process") from error
            if patience and not told:
                say(f"{who}: waiting for it")
                told = True
            time.sleep(PAUSE)
