"""The main job: what ``oib refresh`` does, started from the UI, the schedule or the sensor."""

import os

import dagster as dg

from oib_pipeline.contract.errors import OibError
from oib_pipeline.orchestration.project import Project


@dg.op(description="Finds what changed by content and materializes that, in runs of its own.")
def refresh_what_changed(context: dg.OpExecutionContext, project: Project) -> None:
    """The runs it starts carry the tag ``oib/refresh`` with this run's id."""
    from oib_pipeline.orchestration.refresh import refresh
    from oib_pipeline.orchestration.refresh.lock import LONG
    from oib_pipeline.orchestration.refresh.processes import LAUNCHER
    from oib_pipeline.orchestration.refresh.runs import BY_ITSELF

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
