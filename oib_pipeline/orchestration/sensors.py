"""The sensor of the drop folder: a release that has arrived whole starts a refresh."""

import dagster as dg

from oib_pipeline.contract.errors import OibError, SourceError
from oib_pipeline.freshness import make_plan, read_inputs, read_ledger
from oib_pipeline.orchestration.jobs import refresh_job
from oib_pipeline.orchestration.project import Project
from oib_pipeline.orchestration.refresh.runs import close_dead_runs

UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]


@dg.sensor(
    job=refresh_job,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Waits until every file a manifest names is there and its checksum holds.",
)
def arrivals(
    context: dg.SensorEvaluationContext, project: Project
) -> dg.RunRequest | dg.SkipReason:
    """One run for each state of the inputs, so that a refused release is not tried again."""
    from oib_pipeline.extract import read_release, verify

    if _at_work(context.instance):
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
        return dg.SkipReason(f"nothing new in {project.settings.raw}")
    names = [arrival.release for arrival in stale]
    return dg.RunRequest(run_key=plan.goal, tags={"oib/releases": ", ".join(names)[:200]})


def _at_work(instance: dg.DagsterInstance) -> bool:
    """Whether a refresh waits or runs; one whose process was killed is closed first."""
    close_dead_runs(instance)
    filters = dg.RunsFilter(job_name=refresh_job.name, statuses=UNFINISHED)
    return bool(instance.get_runs(filters, limit=1))
