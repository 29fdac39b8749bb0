"""Definitions for some studies, explicit and without scanning."""

from __future__ import annotations

from collections.abc import Iterable

import dagster as dg

from oib_pipeline.orchestration.assets import all_assets
from oib_pipeline.orchestration.jobs import refresh_job
from oib_pipeline.orchestration.project import Project
from oib_pipeline.orchestration.schedules import annual_refresh
from oib_pipeline.orchestration.sensors import arrivals
from oib_pipeline.study import Study


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
