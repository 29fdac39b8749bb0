"""All files of a release; worker processes that survive a file which kills one."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from oib_pipeline.contract.errors import OibError, Problem, SourceError
from oib_pipeline.contract.manifest import Release
from oib_pipeline.extract.file import FileReader, FileReading, reading_stopped
from oib_pipeline.extract.layouts.layout import FOLDER, Layout
from oib_pipeline.registry.registry import Registry

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
    from oib_pipeline.extract.file import FileReader

    reader = FileReader(*pickle.load(names))
    _send(readings, READY)
    while True:
        _send(readings, reader.read(pickle.load(names)))


def _send(to: IO[bytes], what: object) -> None:
    pickle.dump(what, to, protocol=pickle.HIGHEST_PROTOCOL)
    to.flush()


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
            done[name] = reading or reading_stopped(release, name, worker.fate())
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
                [
                    sys.executable,
                    "-P",
                    "-c",
                    "from oib_pipeline.extract.read_files import main; main()",
                ],
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


def read_files(
    release: Release, registry: Registry, layouts: Path = FOLDER
) -> Iterator[FileReading]:
    """Each file's readings, in the order of names; a file that cannot be read gives its problem.

    A large release is read by several processes, to the same result.
    """
    job = (release.declared, registry.gazetteer, layouts)
    try:
        reader = FileReader(*job)
    except OibError as error:
        raise SourceError([_no_layout(release, str(error))]) from error
    yield from _lagged(release, reader.layout)
    if count := helpers(release):
        yield from read_together(release, reader.read, job, count)
    else:
        yield from map(reader.read, release.files)


def _lagged(release: Release, layout: Layout) -> Iterator[FileReading]:
    """The problem of an edition that is not of the data years its manifest declares."""
    if isinstance(release.edition, int) and layout.edition_lag:
        latest = release.edition - layout.edition_lag
        if release.data_years[1] != latest:
            problem = Problem(
                release=release.release,
                found=f"data year {release.data_years[1]} in the {release.edition} edition",
                expected=f"{latest} as the last: edition is not data year",
                todo="Correct data_years or the edition in the manifest.",
            )
            yield FileReading("", problems=[problem])


def _no_layout(release: Release, message: str) -> Problem:
    return Problem(
        release=release.release,
        found=f"no layout of the series {release.series!r} that can be used",
        expected="a series of layouts/series.csv, and rows in layouts/ that say what they have to",
        todo=message,
    )
