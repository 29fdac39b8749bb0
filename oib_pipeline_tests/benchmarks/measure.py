"""Two sides timed in turn in one process, or each in a process of its own with its memory."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
Work = Callable[[], object]


@dataclass(frozen=True)
class Pair:
    """Seconds a call of both sides, the median of the rounds, and the median of their ratios."""

    ours: float
    peer: float
    peer_over_ours: float


def in_turn(
    ours: Work, peer: Work, *, rounds: int, calls: tuple[int, int] = (1, 1), warm: bool = True
) -> Pair:
    """Both sides timed one after the other, ``rounds`` times, each in its own number of calls.

    Each side runs once before, so that neither pays for its imports; within a round the median call
    counts, and the ratio is taken within the round, where the machine is in one mood.
    """
    if warm:
        ours(), peer()
    pairs = [(_median_call(ours, calls[0]), _median_call(peer, calls[1])) for _ in range(rounds)]
    return pair_of(pairs)


def pair_of(pairs: Sequence[tuple[float, float]]) -> Pair:
    """The medians over rounds of (ours, peer)."""
    first, second = zip(*pairs, strict=True)
    return Pair(median(first), median(second), median(b / a for a, b in pairs))


def seconds(work: Work) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def processor() -> float:
    """Seconds of the processor this process and those it waited for have used."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _median_call(work: Work, calls: int) -> float:
    return median(seconds(work) for _ in range(calls))


def apart(function: str, environment: dict[str, str] | None = None, **arguments: object) -> dict:
    """What ``module:function`` of this folder returns, run in a process of its own."""
    said = subprocess.run(
        [sys.executable, "-m", f"{__package__}.child", function, json.dumps(arguments)],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return json.loads(next(line for line in reversed(said.splitlines()) if line[:1] == "{"))


def with_memory(work: Work) -> tuple[object, float]:
    """What the work returns, and by how many MB the process grew at its peak meanwhile.

    Linux forgets the former peak when asked; elsewhere only growth beyond it is seen.
    """
    before = _resident("VmRSS")
    if CLEAR.exists():
        CLEAR.write_text("5")
    result = work()
    return result, max(0.0, _resident("VmHWM") - before)


def _resident(field: str) -> float:
    """Resident memory in MB."""
    if not STATUS.exists():
        import resource

        unit = 2**20 if sys.platform == "darwin" else 2**10
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    found = re.search(rf"{field}:\s+(\d+) kB", STATUS.read_text())
    return int(found.group(1)) / 1024 if found else 0.0
