"""The project's own Dagster instance: its history, partitions and runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from oib_pipeline.settings import Settings

YAML = """# Dagster's instance for this project: history lives beside this file.
telemetry:
  enabled: false
nux:
  enabled: false
event_log_storage:
  module: oib_pipeline.orchestration.event_log
  class: EventLog
concurrency:
  runs:
    max_concurrent_runs: 1  # one writer of the warehouse at a time
run_retries:  # a run whose process was killed is taken up again, one that was refused is not
  enabled: true
  max_retries: 2
  retry_on_asset_or_op_failure: false
"""


@contextmanager
def project_instance(
    settings: Settings, given: dg.DagsterInstance | None = None
) -> Iterator[dg.DagsterInstance]:
    """The instance given, or the one kept in the project's ``DAGSTER_HOME``."""
    if given is not None:
        yield given
        return
    home = settings.dagster_home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "dagster.yaml").exists():
        (home / "dagster.yaml").write_text(YAML, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home)
    with dg.DagsterInstance.get() as instance:
        yield instance
