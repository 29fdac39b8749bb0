"""The annual refresh."""

from __future__ import annotations

import dagster as dg

from oib_pipeline.orchestration.jobs import refresh_job

annual_refresh = dg.ScheduleDefinition(
    name="annual_refresh",
    job=refresh_job,
    cron_schedule="0 6 15 1 *",
    execution_timezone="Asia/Shanghai",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every 15 January at six in the morning: the yearbook of the year before is out.",
)
