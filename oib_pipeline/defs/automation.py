"""Freshness policies, arrival sensor, annual schedule, jobs."""

import os

import dagster as dg

from oib_pipeline.client.runs import close_dead_runs
from oib_pipeline.contract.errors import OibError
from oib_pipeline.defs.lib.locks import holder
from oib_pipeline.defs.partitions import register
from oib_pipeline.defs.resources import Project
from oib_pipeline.settings import Settings
from oib_pipeline.versions.causes import because
from oib_pipeline.versions.data_version import Chain
from oib_pipeline.versions.digests import digest
from oib_pipeline.versions.inputs import Inputs
from oib_pipeline.versions.ledger import read_ledger
from oib_pipeline.versions.plan import Plan, make_plan
from oib_pipeline.versions.refusals import current_inputs


@dg.op(description="Finds what changed by content and materializes that, in runs of its own.")
def refresh_what_changed(context: dg.OpExecutionContext, project: Project) -> None:
    """The runs it starts carry the tag ``oib/refresh`` with this run's id."""
    from oib_pipeline.client.refresh import refresh
    from oib_pipeline.client.runs import BY_ITSELF
    from oib_pipeline.defs.lib.dead_runs import LAUNCHER
    from oib_pipeline.defs.lib.locks import LONG

    context.instance.add_run_tags(context.run_id, {LAUNCHER: str(os.getpid())})
    try:
        done = refresh(
            project.settings,
            project.studies,
            say=context.log.info,
            instance=context.instance,
            cause=context.run_id,
            patience=LONG,
            waits=any(tag in context.run.tags for tag in BY_ITSELF),
        )
    except OibError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    context.add_output_metadata({"studies": ", ".join(done.ready), "stages": len(done.stale)})


@dg.job(
    name="refresh",
    description="Reads new and changed releases and brings every study that they touch up to date.",
    executor_def=dg.in_process_executor,
)
def refresh_job() -> None:
    """One op, so that what is unchanged is skipped however the job was started."""
    refresh_what_changed()


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
        return dg.SkipReason(_at_rest(project, inputs, plan))
    key = _key(project.settings, plan)
    if tried := _asked_for(context.instance, key):
        return dg.SkipReason(f"{_tried(tried)}{_left_out(inputs, plan)}")
    register(context.instance, "release", plan.parts("raw_observations"))
    tags = {"oib/because": because(Chain(inputs, ledger), plan)}
    return dg.RunRequest(run_key=key, tags=tags)


def _at_rest(project: Project, inputs: Inputs, plan: Plan) -> str:
    found = "nothing new" if inputs.arrivals else "no release that a study uses"
    return f"{found} in {project.settings.raw}{_left_out(inputs, plan)}"


def _left_out(inputs: Inputs, plan: Plan) -> str:
    """Releases that wait or were refused, and studies that do not fit, as clauses."""
    told = []
    if inputs.unlabelled:
        told.append(f"without a release.yml, and so not read: {', '.join(inputs.unlabelled)}")
    for name, error in inputs.waiting.items():
        lacking = "; ".join(f"{one.file}: {one.found}" for one in error.problems[:FEW])
        told.append(f"{name} is not whole yet and waits ({lacking})")
    told += [f"until it changes, {why}" for why in inputs.refused.values()]
    told += [f"until it is changed, {why}" for why in plan.unfit.values()]
    return "".join(f"\n{line}" for line in told)


def _tried(run: dg.DagsterRun) -> str:
    """What became of the run that was for what lies there now."""
    if run.tags.get("dagster/will_retry") == "true":
        return f"run {run.run_id[:8]} was cut short; Dagster's daemon takes its work up again"
    if run.status is dg.DagsterRunStatus.CANCELED:
        what = "was ended by hand"
    else:
        what = "says what stood in the way"
    return (
        f"run {run.run_id[:8]} was for what lies there now and {what}; "
        "the next begins when something has changed, or by hand"
    )


def _key(settings: Settings, plan: Plan) -> str:
    """The state to reach and the last one reached, so that what is undone can be redone."""
    last = settings.published
    pages = [str((settings.reports / name).stat().st_mtime_ns) for name in plan.due]
    return digest(plan.goal, str(last.stat().st_mtime_ns) if last.is_file() else "", *pages)


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


annual_refresh = dg.ScheduleDefinition(
    name="annual_refresh",
    job=refresh_job,
    cron_schedule="0 6 15 1 *",
    execution_timezone="Asia/Shanghai",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every 15 January at six in the morning: the yearbook of the year before is out.",
)
