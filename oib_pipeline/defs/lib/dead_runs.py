"""Whether the process that was to carry out a run still lives."""

from __future__ import annotations

import os
import time
from pathlib import Path

import dagster as dg

LAUNCHER = "oib/process"  # tag of runs that this project starts itself
STARTING = 180.0  # seconds within which a run's process has to appear
SLACK = 2.0  # seconds by which two clocks may differ


def why_ended(instance: dg.DagsterInstance, record: dg.RunRecord) -> str:
    """Why nobody is at work on an unfinished run; empty where somebody is."""
    process, since = _process(instance, record)
    if process is not None:
        return "" if _alive(process, since) else f"process {process} ended before the run did"
    waited = time.time() - record.update_timestamp.timestamp()
    starting = record.dagster_run.status is dg.DagsterRunStatus.STARTING
    return f"no process began in {waited:.0f} s" if starting and waited > STARTING else ""


def _process(
    instance: dg.DagsterInstance, record: dg.RunRecord
) -> tuple[int, float | None] | tuple[None, None]:
    """Number of the process, and a time at which it was at work on the run."""
    run = record.dagster_run
    if LAUNCHER in run.tags and run.parent_run_id is None:  # a retry has its parent's tags
        return int(run.tags[LAUNCHER]), record.start_time
    for entry in reversed(instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)):
        told = entry.dagster_event.engine_event_data.metadata if entry.dagster_event else {}
        if "pid" in told:
            return int(str(told["pid"].value)), entry.timestamp
    return None, None


def _alive(process: int, since: float | None) -> bool:
    """Whether the process is there and is not a later one that was given the same number."""
    if process == os.getpid():
        return False  # a number used again: whoever asks leaves its own runs out
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    began = _began(process)
    return since is None or began is None or began <= since + SLACK


def _began(process: int) -> float | None:
    """When a process began, in seconds since 1970; none where the system does not tell."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        up = float(Path("/proc/uptime").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
    if fields[0] == "Z":
        return float("inf")  # it has ended; only its parent has not asked how
    return time.time() - up + int(fields[19]) / os.sysconf("SC_CLK_TCK")
