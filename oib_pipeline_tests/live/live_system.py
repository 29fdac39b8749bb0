"""The webserver, the daemon and the code's own process, started as `make ui` starts them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from small_project import REPOSITORY, Project

Found = TypeVar("Found")
LOOK_EVERY = "5"  # seconds between two looks of the sensor
RUNS = """query($filter: RunsFilter) { runsOrError(filter: $filter, limit: 100) { ... on Runs {
  results { runId status jobName tags { key value } assetSelection { path } } } } }"""
UNFINISHED = ("QUEUED", "NOT_STARTED", "STARTING", "STARTED", "CANCELING")


@dataclass
class Live:
    """A running system over a project's folder; all its processes are in one session."""

    project: Project
    port: int
    make: subprocess.Popen[bytes]
    log: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, query: str, **variables: object) -> Any:
        """The data that the UI would get for a query."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(
            f"{self.address}/graphql", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            told = json.load(answer)
        assert "errors" not in told, told["errors"]
        return told["data"]

    def runs(self, **filters: object) -> list[dict[str, Any]]:
        """Runs, the newest first."""
        return self.ask(RUNS, filter=filters or None)["runsOrError"]["results"]

    def at_rest(self) -> bool:
        """Whether no run waits or is at work."""
        return not [run for run in self.runs() if run["status"] in UNFINISHED]

    def until(self, look: Callable[[], Found], seconds: float, what: str) -> Found:
        """What a look finds, once it finds something; an error where that takes too long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.make.poll() is not None:
                raise AssertionError(f"the system ended before {what}:\n{self.tail()}")
            if found := look():
                return found
            time.sleep(0.5)
        raise AssertionError(f"{seconds:.0f} s were not enough for {what}:\n{self.tail()}")

    def answers(self) -> bool:
        try:
            return bool(self.ask("{ version }"))
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def interrupt(self) -> None:
        """What Ctrl-C does in a terminal."""
        os.killpg(self.make.pid, signal.SIGINT)

    def kill(self) -> None:
        """Every process, at once and without a warning."""
        while found := self.processes():
            for process in found:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.1)
        self.make.wait()

    def processes(self) -> list[int]:
        """Processes of the system that have not ended."""
        return [process for process, _ in _session(self.make.pid)]

    def daemon(self) -> int:
        return next(one for one, told in _session(self.make.pid) if "dagster._daemon" in told)

    def tail(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]


def start(project: Project, port: int = 0) -> Live:
    """The system over a project, once its UI answers."""
    port = port or _free_port()
    home = project.data / "dagster"
    log = project.data.parent / "ui.log"
    names = {"OIB_DATA": project.data, "DAGSTER_HOME": home, "PORT": port}
    own = {key: value for key, value in os.environ.items() if key not in ("OIB_RAW", "MAKEFLAGS")}
    with log.open("ab") as out:
        make = subprocess.Popen(
            [
                *("make", "--silent", "--old-file", ".venv/ready", "ui"),
                f"BIN={Path(sys.executable).parent}",
                *(f"{name}={value}" for name, value in names.items()),
            ],
            cwd=REPOSITORY,
            env=own | {"OIB_LOOK_EVERY": LOOK_EVERY, "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            preexec_fn=_hear_interrupts,
        )
    live = Live(project, port, make, log)
    try:
        live.until(live.answers, 120, "its first answer")
    except BaseException:
        live.kill()
        raise
    return live


def _hear_interrupts() -> None:
    """A process started in the background of a script would be deaf to Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _session(leader: int) -> list[tuple[int, str]]:
    """Number and command line of each living process of a session."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            told = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.append((int(folder.name), told))
    return sorted(found)
