"""Every asset of the project; the study's own are made once a study."""

from __future__ import annotations

from collections.abc import Iterable

import dagster as dg

from oib_pipeline.orchestration.assets.core_city_year import core_city_year
from oib_pipeline.orchestration.assets.core_indices import core_indices
from oib_pipeline.orchestration.assets.core_sources import core_sources
from oib_pipeline.orchestration.assets.raw_observations import raw_observations
from oib_pipeline.orchestration.assets.study import study_assets
from oib_pipeline.study import Study


def all_assets(studies: Iterable[Study]) -> list[dg.AssetsDefinition]:
    """Assets in the order of the flow."""
    shared = [raw_observations, core_sources, core_city_year, core_indices]
    return [*shared, *(asset for study in studies for asset in study_assets(study))]
