"""Every asset of the project: the shared layers and those of each study."""

from __future__ import annotations

from collections.abc import Iterable

import dagster as dg

from oib_pipeline.defs.core import core_city_year, core_indices, core_sources
from oib_pipeline.defs.raw import raw_observations
from oib_pipeline.defs.resources import Project
from oib_pipeline.defs.studies.component import study_assets
from oib_pipeline.study import Study


def all_assets(studies: Iterable[Study]) -> list[dg.AssetsDefinition]:
    """Assets in the order of the flow."""
    shared = [raw_observations, core_sources, core_city_year, core_indices]
    return [*shared, *(asset for study in studies for asset in study_assets(study))]


def asset_definitions(studies: Iterable[Study]) -> dg.Definitions:
    """Definitions that hold the assets only, as a refresh in this process runs them."""
    return dg.Definitions(
        assets=all_assets(studies),
        resources={"project": Project()},
        executor=dg.in_process_executor,
    )
