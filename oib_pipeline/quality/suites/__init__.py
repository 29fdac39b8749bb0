"""The checks of each stage: frames in, outcomes out."""

from oib_pipeline.quality.suites.city_year import check_city_year, check_indices
from oib_pipeline.quality.suites.observations import check_observations, check_raw, check_releases
from oib_pipeline.quality.suites.results import (
    check_before_report,
    check_descriptive,
    check_estimates,
)
from oib_pipeline.quality.suites.sources import check_findings, check_sources
from oib_pipeline.quality.suites.study_panel import check_study_panel

__all__ = [
    "check_before_report",
    "check_city_year",
    "check_descriptive",
    "check_estimates",
    "check_findings",
    "check_indices",
    "check_observations",
    "check_raw",
    "check_releases",
    "check_sources",
    "check_study_panel",
]
