"""The one object that Dagster loads: every asset, job, schedule and sensor."""

from collections.abc import Iterable

import dagster as dg

from oib_pipeline.defs.assets import all_assets
from oib_pipeline.defs.automation import annual_refresh, arrivals, refresh_job
from oib_pipeline.defs.resources import Project
from oib_pipeline.settings import Settings
from oib_pipeline.study import Study, read_studies


def build_definitions(studies: Iterable[Study]) -> dg.Definitions:
    """Assets of the shared stages and of each study, with what starts them."""
    return dg.Definitions(
        assets=all_assets(studies),
        jobs=[refresh_job],
        schedules=[annual_refresh],
        sensors=[arrivals],
        resources={"project": Project()},
        executor=dg.in_process_executor,
    )


defs = build_definitions(read_studies(Settings.from_environment().studies).values())
