"""The sensor of the drop folder: a release that has arrived whole starts a refresh."""

import os
from pathlib import Path

import dagster as dg

from oib_pipeline.contract.errors import OibError, SourceError
from oib_pipeline.freshness import Inputs, make_plan, read_inputs, read_ledger
from oib_pipeline.freshness.digests import digest
from oib_pipeline.orchestration.jobs import refresh_job
from oib_pipeline.orchestration.partitions import register
from oib_pipeline.orchestration.project import Project
from oib_pipeline.orchestration.refresh.lock import holder
from oib_pipeline.orchestration.refresh.runs import close_dead_runs

EVERY = int(os.environ.get("OIB_LOOK_EVERY") or 30)  # seconds
UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]


@dg.sensor(
    job=refresh_job,
    minimum_interval_seconds=EVERY,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Waits until every file a manifest names is there and its checksum holds.",
)
def arrivals(
    context: dg.SensorEvaluationContext, project: Project
) -> dg.RunRequest | dg.SkipReason:
    """One run to reach a state of the inputs, so that a refused release is not tried again."""
    from oib_pipeline.extract import read_release, verify

    if _at_work(context.instance, project):
        return dg.SkipReason("a refresh is at work; what is new will be seen after it")
    try:
        inputs = read_inputs(project.settings)
        plan = make_plan(project.settings, inputs, read_ledger(project.warehouse))
        stale = [inputs.arrivals[name] for name in plan.parts("raw_observations")]
        waiting = [
            problem.text()
            for arrival in stale
            for problem in verify(read_release(arrival.folder, arrival.manifest))
        ]
    except SourceError as error:
        return dg.SkipReason(f"waiting for a whole manifest: {error}")
    except OibError as error:
        return dg.SkipReason(str(error))
    if waiting:
        return dg.SkipReason("waiting for files: " + "; ".join(waiting[:5]))
    if plan.nothing:
        return dg.SkipReason(f"nothing new in {project.settings.raw}{_unlabelled(inputs)}")
    key = _key(project.settings.published, plan.goal)
    if tried := _asked_for(context.instance, key):
        return dg.SkipReason(
            f"run {tried.run_id[:8]} was for what lies there now and says what stood in the way; "
            "the next begins when something has changed, or by hand"
        )
    names = [arrival.release for arrival in stale]
    register(context.instance, "release", names)
    return dg.RunRequest(run_key=key, tags={"oib/releases": ", ".join(names)[:200]})


def _unlabelled(inputs: Inputs) -> str:
    """Folders that wait for their manifest, as a clause."""
    names = ", ".join(inputs.unlabelled)
    return f"; without a release.yml, and so not read: {names}" if names else ""


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
