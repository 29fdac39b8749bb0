"""One refresh at a time, held by a file lock that dies with its process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from oib_pipeline.contract.errors import OibError


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """The lock; the operating system lets go of it even when the process is killed.

    Raises
    ------
    OibError
        Naming the process that holds it, or why the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("a+")
    except OSError as error:
        raise OibError(
            f"{path} cannot be written ({error.strerror}): is the disk read-only?"
        ) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            handle.seek(0)
            holder = handle.read().strip() or "unknown"
            raise OibError(
                f"another refresh is at work (process {holder}): wait for it, or end that process"
            ) from error
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield
