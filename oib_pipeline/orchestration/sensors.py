"""The sensor of the drop folder: a release that has arrived whole starts a refresh."""

import os
from pathlib import Path

import dagster as dg

from oib_pipeline.contract.errors import OibError
from oib_pipeline.freshness import Inputs, current_inputs, make_plan, read_ledger
from oib_pipeline.freshness.digests import digest
from oib_pipeline.orchestration.jobs import refresh_job
from oib_pipeline.orchestration.partitions import register
from oib_pipeline.orchestration.project import Project
from oib_pipeline.orchestration.refresh.lock import holder
from oib_pipeline.orchestration.refresh.runs import close_dead_runs

EVERY = int(os.environ.get("OIB_LOOK_EVERY") or 30)  # seconds
FEW = 3
UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]


@dg.sensor(
    job=refresh_job,
    minimum_interval_seconds=EVERY,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Starts a refresh when something has changed. A release waits until every file "
    "that its manifest names is there and its checksum holds; the others do not wait for it.",
)
def arrivals(
    context: dg.SensorEvaluationContext, project: Project
) -> dg.RunRequest | dg.SkipReason:
    """One run to reach a state of the inputs, so that a refused release is not tried again."""
    if _at_work(context.instance, project):
        return dg.SkipReason("a refresh is at work; what is new will be seen after it")
    try:
        ledger = read_ledger(project.warehouse)
        inputs = current_inputs(project.settings, ledger)
        plan = make_plan(project.settings, inputs, ledger)
    except OibError as error:
        return dg.SkipReason(str(error))
    if plan.nothing or not plan.ready:
        return dg.SkipReason(_at_rest(project, inputs))
    key = _key(project.settings.published, plan.goal)
    if tried := _asked_for(context.instance, key):
        return dg.SkipReason(
            f"run {tried.run_id[:8]} was for what lies there now and says what stood in the way; "
            f"the next begins when something has changed, or by hand{_left_out(inputs)}"
        )
    names = plan.parts("raw_observations")
    register(context.instance, "release", names)
    return dg.RunRequest(run_key=key, tags={"oib/releases": ", ".join(names)[:200]})


def _at_rest(project: Project, inputs: Inputs) -> str:
    found = "nothing new" if inputs.arrivals else "no release that a study uses"
    return f"{found} in {project.settings.raw}{_left_out(inputs)}"


def _left_out(inputs: Inputs) -> str:
    """Releases that wait or were refused, as clauses."""
    told = []
    if inputs.unlabelled:
        told.append(f"without a release.yml, and so not read: {', '.join(inputs.unlabelled)}")
    for name, error in inputs.waiting.items():
        lacking = "; ".join(problem.text() for problem in error.problems[:FEW])
        told.append(f"waiting for files of {name}: {lacking}")
    told += [f"until it changes, {why}" for why in inputs.refused.values()]
    return "".join(f"\n{line}" for line in told)


def _key(published: Path, goal: str) -> str:
    """The state to reach and the last one reached, so that what is undone can be redone."""
    return digest(goal, str(published.stat().st_mtime_ns) if published.is_file() else "")


def _asked_for(instance: dg.DagsterInstance, key: str) -> dg.DagsterRun | None:
    """The run that this sensor asked for under a key."""
    tags = {"dagster/run_key": key, "dagster/sensor_name": arrivals.name}
    return next(iter(instance.get_runs(dg.RunsFilter(tags=tags), limit=1)), None)


def _at_work(instance: dg.DagsterInstance, project: Project) -> bool:
    """Whether a refresh waits or runs; one whose process was killed is closed first."""
    close_dead_runs(instance)
    if holder(project.settings.lock):
        return True
    filters = dg.RunsFilter(job_name=refresh_job.name, statuses=UNFINISHED)
    return bool(instance.get_runs(filters, limit=1))
