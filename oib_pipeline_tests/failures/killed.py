"""A refresh that kills itself at a write below the data folder: ``python killed.py MOMENT``.

``MOMENT`` is a number, for the n-th write, or a part of a path, for the first write to it; ``0``
lets it end and prints how many writes there were.
"""

from __future__ import annotations

import os
import signal
import sys

WRITES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "shutil.copyfile"}
FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT
moment, data = sys.argv[1], os.environ["OIB_DATA"]
seen = 0


def places(event: str, arguments: tuple) -> list[str]:
    """Paths that an event is about to write."""
    if event == "open":
        path, mode, flags = arguments
        writes = flags & FLAGS or (isinstance(mode, str) and set(mode) & set("wax+"))
        return [os.fspath(path)] if writes and isinstance(path, str | os.PathLike) else []
    if event == "sqlite3.connect" or event in WRITES:
        return [os.fspath(one) for one in arguments[:2] if isinstance(one, str | os.PathLike)]
    return []


def look(event: str, arguments: tuple) -> None:
    """Counts the writes, and ends the process without a warning when the moment has come."""
    global seen
    below = [str(place) for place in places(event, arguments) if str(place).startswith(data)]
    if not below:
        return
    seen += 1
    if seen == number or (target and any(target in place for place in below)):
        os.kill(os.getpid(), signal.SIGKILL)


number, target = (int(moment), "") if moment.isdigit() else (-1, moment)
sys.addaudithook(look)

from oib_pipeline.cli import main  # noqa: E402

code = main(["refresh"])
print(f"writes: {seen}")
sys.exit(code)
