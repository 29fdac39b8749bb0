"""The instance, runs, progress lines, reasons of failure."""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from oib_pipeline.contract.errors import OibError, disk_advice
from oib_pipeline.defs.lib.dead_runs import LAUNCHER, why_ended
from oib_pipeline.settings import Settings

CAUSE = "oib/refresh"
BY_ITSELF = ("dagster/sensor_name", "dagster/schedule_name")  # tags of runs nobody asked for
ONCE = {"dagster/max_retries": "0"}  # whoever asked for the run takes it up again, not the daemon
INTERRUPTS = ("DagsterExecutionInterruptedError", "KeyboardInterrupt")
UNFINISHED = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


class RunFailed(OibError):
    """A run in which a stage failed; the message says which and why."""


@dataclass(frozen=True)
class Runner:
    """Starts runs of the project's assets on its own instance.

    Attributes
    ----------
    cause
        Id of the run that started these, or of the refresh itself.
    verbose
        Whether Dagster's own log lines are shown.
    """

    definitions: dg.Definitions
    instance: dg.DagsterInstance
    settings: Settings
    studies: Sequence[str]
    cause: str
    verbose: bool = False

    def run(self, keys: Sequence[dg.AssetKey], tags: Mapping[str, str] | None = None) -> None:
        """Materialize assets in one run.

        Raises
        ------
        RunFailed
            With the reason of every stage that failed.
        KeyboardInterrupt
            Where the run was interrupted: nothing is wrong, and the next refresh finishes it.
        """
        job = self.definitions.resolve_implicit_global_asset_job_def()
        done = job.execute_in_process(
            run_config=self._config(),
            instance=self.instance,
            asset_selection=list(keys),
            tags={
                LAUNCHER: str(os.getpid()),
                CAUSE: self.cause,
                **ONCE,
                **self._started_by(),
                **(tags or {}),
            },
            raise_on_error=False,
        )
        if _interrupted(done):
            raise KeyboardInterrupt
        if not done.success:
            raise RunFailed("\n".join(_reasons(done)) or f"run {done.run_id} failed")

    def _started_by(self) -> dict[str, str]:
        """Tags that let the UI name the sensor or schedule behind the run that asked for this."""
        run = self.instance.get_run_by_id(self.cause)
        return {tag: run.tags[tag] for tag in BY_ITSELF if tag in run.tags} if run else {}

    def _config(self) -> dict:
        project = {"raw": str(self.settings.raw), "studies": list(self.studies)}
        level = "DEBUG" if self.verbose else "CRITICAL"
        return {
            "resources": {"project": {"config": project}},
            "loggers": {"console": {"config": {"log_level": level}}},
        }


def close_dead_runs(instance: dg.DagsterInstance, own: str = "") -> list[str]:
    """Ids of runs whose process was killed, now closed and their slots set free.

    Those that Dagster's daemon launched it then launches once more (``run_retries``).

    Parameters
    ----------
    own
        Id of the run that asks; it is alive.
    """
    closed = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=UNFINISHED)):
        run = record.dagster_run
        why = "" if run.run_id == own else why_ended(instance, record)
        if why and run.status is dg.DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run, why)
        elif why:
            instance.report_run_failed(run, why)
        if why:
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            closed.append(run.run_id)
    return closed


def _interrupted(done: dg.ExecuteInProcessResult) -> bool:
    """Whether somebody ended the run, by Ctrl-C or in the UI: Dagster tells of it as a failure."""
    for event in done.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            if error is not None and error.cls_name in INTERRUPTS:
                return True
        elif event.event_type is dg.DagsterEventType.RUN_CANCELED:
            return True
        elif event.event_type is dg.DagsterEventType.RUN_FAILURE:
            reason = event.job_failure_data.failure_reason
            if reason is not None and reason.value == "UNEXPECTED_TERMINATION":
                return True
    return False


def _reasons(done: dg.ExecuteInProcessResult) -> list[str]:
    reasons = []
    for event in done.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data
            stage = (event.step_key or "").replace("__", "/")
            reasons.append(f"{stage}: {_why(failure)}")
    return reasons


def _why(failure) -> str:  # type: ignore[no-untyped-def]
    if failure.user_failure_data and failure.user_failure_data.description:
        return failure.user_failure_data.description
    error = failure.error
    while error is not None and error.cause is not None:
        error = error.cause
    if error is None:
        return "no reason was recorded"
    if told := disk_advice(error.message):
        return f"{error.message.strip()}\n{told}"
    return f"unexpected {error.message.strip()} (`oib refresh --verbose` shows where)"


# Modules that a dagster.yaml of an earlier version names.
MOVED = {"oib_pipeline.orchestration.event_log": "oib_pipeline.defs.lib.event_log"}
YAML = """# Dagster's instance for this project: history lives beside this file.
telemetry:
  enabled: false
nux:
  enabled: false
event_log_storage:
  module: oib_pipeline.defs.lib.event_log
  class: EventLog
concurrency:
  runs:
    max_concurrent_runs: 1  # one writer of the warehouse at a time
run_retries:  # a run whose process was killed is taken up again, one that was refused is not
  enabled: true
  max_retries: 2
  retry_on_asset_or_op_failure: false
"""


def prepare_home(home: Path) -> None:
    """Make a ``DAGSTER_HOME`` ready: a ``dagster.yaml``, its moved modules by their present names.

    What an earlier version or a person wrote there is kept beside it before it is rewritten.
    """
    home.mkdir(parents=True, exist_ok=True)
    path = home / "dagster.yaml"
    if not path.exists():
        path.write_text(YAML, encoding="utf-8")
        return
    before = after = path.read_text(encoding="utf-8")
    for module, present in MOVED.items():
        after = re.sub(rf"(?<![\w.]){re.escape(module)}(?![\w.])", present, after)
    if after != before:
        (home / "dagster.yaml.before").write_text(before, encoding="utf-8")
        whole = home / "dagster.yaml.new"
        whole.write_text(after, encoding="utf-8")
        whole.replace(path)


@contextmanager
def project_instance(
    settings: Settings, given: dg.DagsterInstance | None = None
) -> Iterator[dg.DagsterInstance]:
    """The instance given, or the one kept in the project's ``DAGSTER_HOME``."""
    if given is not None:
        yield given
        return
    home = settings.dagster_home.resolve()
    prepare_home(home)
    os.environ["DAGSTER_HOME"] = str(home)
    with dg.DagsterInstance.get() as instance:
        yield instance


PROGRESS = "oib.progress"


class _Lines(logging.Handler):
    def __init__(self, say: Callable[[str], object]) -> None:
        super().__init__()
        self.say = say

    def emit(self, record: logging.LogRecord) -> None:
        self.say(record.getMessage())


@contextmanager
def progress_lines(say: Callable[[str], object]) -> Iterator[None]:
    """Progress said line by line; the warnings of the libraries are not."""
    logger, handler = logging.getLogger(PROGRESS), _Lines(say)
    level, logger.propagate = logger.level, False
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
