"""The files of a large release, read by this process and others at once."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from oib_pipeline.extract.one_file import broke_off
from oib_pipeline.extract.release import Release
from oib_pipeline.extract.sheets import FileReading
from oib_pipeline.extract.worker import READY

LARGE = 8_000_000  # bytes of files; below it a process is not worth the second it takes to start
MOST = 7  # each holds the cells of one file
ROOT = Path(__file__).parents[2]


def helpers(release: Release) -> int:
    """How many processes beside this one to read a release with."""
    sizes = [path.stat().st_size for path in release.paths.values() if path.is_file()]
    if sum(sizes) < LARGE or not sys.executable:
        return 0
    return max(0, min(processors(), len(sizes), MOST + 1) - 1)


def processors() -> int:
    """Processors this process may use."""
    count = getattr(os, "process_cpu_count", None)  # from Python 3.13
    if count is not None:
        return count() or 1
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def read_together(
    release: Release, read: Callable[[str], FileReading], job: object, count: int
) -> list[FileReading]:
    """Every file's reading in the order of names, whoever read it; the largest are begun first.

    This process reads as well: it needs no start. ``job`` is what a worker needs to read.
    """
    sizes = {name: path.stat().st_size for name, path in release.paths.items() if path.is_file()}
    waiting = deque(sorted(release.files, key=lambda name: -sizes.get(name, 0)))
    done: dict[str, FileReading] = {}
    packed = pickle.dumps(job, protocol=pickle.HIGHEST_PROTOCOL)
    crew = [Worker(packed) for _ in range(count)]
    with ThreadPoolExecutor(max_workers=count) as threads:
        try:
            shares = [
                threads.submit(_take, worker, release.release, waiting, done) for worker in crew
            ]
            while name := _next(waiting):
                done[name] = read(name)
            for share in shares:
                share.result()
            while name := _next(waiting):  # left behind by a worker that never started
                done[name] = read(name)
        finally:
            waiting.clear()
            for worker in crew:
                worker.stop()
    return [done[name] for name in release.files]


def _next(waiting: deque[str]) -> str:
    try:
        return waiting.popleft()
    except IndexError:
        return ""


def _take(worker: Worker, release: str, waiting: deque[str], done: dict[str, FileReading]) -> None:
    """Have a worker read what is waiting; the file at which it dies is named, and the next goes on.

    A worker that cannot start leaves its share to the others.
    """
    try:
        ready = worker.start()
        while ready and (name := _next(waiting)):
            reading = worker.ask(name)
            done[name] = reading or broke_off(release, name, worker.fate())
            ready = reading is not None or worker.start()
    finally:
        worker.close()


class Worker:
    """One process that reads; it may die of what it is given, and be started again."""

    def __init__(self, job: bytes) -> None:
        self._job = job
        self._stopped = False
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> bool:
        """Start the process; False where that is not possible."""
        self.close()
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "oib_pipeline.extract.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"},
            )
        except OSError:
            return False
        return not self._stopped and self._exchange(self._job) == READY

    def ask(self, name: str) -> FileReading | None:
        """What a file gave; None where the process died of it."""
        answer = self._exchange(pickle.dumps(name))
        return answer if isinstance(answer, FileReading) else None

    def fate(self) -> str:
        """How the process ended."""
        assert self._process is not None
        code = self._process.wait()
        return f"the process reading it was ended by signal {-code}" if code < 0 else f"exit {code}"

    def stop(self) -> None:
        """End the process, at whatever it is; who waits for its answer gets none."""
        self._stopped = True
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """End the process and give up what it held."""
        if self._process is None:
            return
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what could not be sent to a dead process is lost
                pipe.close()  # type: ignore[union-attr]
        self._process.wait()

    def _exchange(self, message: bytes) -> Any:
        assert self._process is not None
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(message)
            self._process.stdin.flush()
            return pickle.load(self._process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError, ValueError):
            return None
