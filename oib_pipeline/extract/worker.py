"""A process that reads files for another: names come in, readings go out, column by column."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from typing import IO

READY = "ready"


def main() -> None:
    """Serve until there are no more names."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that asked stops this one
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing printed here may fall among the answers
    try:
        serve(sys.stdin.buffer, out)
    except (EOFError, BrokenPipeError):
        os._exit(0)  # nobody listens any more, and nothing is left to flush


def serve(names: IO[bytes], readings: IO[bytes]) -> None:
    """Read each file that is named; the first thing that comes is what it takes to do so."""
    from oib_pipeline.extract.one_file import FileReader

    reader = FileReader(*pickle.load(names))
    _send(readings, READY)
    while True:
        _send(readings, reader.read(pickle.load(names)))


def _send(to: IO[bytes], what: object) -> None:
    pickle.dump(what, to, protocol=pickle.HIGHEST_PROTOCOL)
    to.flush()


if __name__ == "__main__":
    main()
