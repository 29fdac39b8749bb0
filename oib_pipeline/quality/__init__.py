"""Checks between stages, to plain outcomes."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from oib_pipeline.quality.catalogue import BEFORE, CHECKS, CheckSpec, spec
from oib_pipeline.quality.outcome import Outcome

if TYPE_CHECKING:
    from oib_pipeline.quality.before_report import check_before_report
    from oib_pipeline.quality.city_year import check_city_year
    from oib_pipeline.quality.contents import write_contents
    from oib_pipeline.quality.descriptive import check_descriptive
    from oib_pipeline.quality.estimates import check_estimates
    from oib_pipeline.quality.further import check_further
    from oib_pipeline.quality.indices import check_indices
    from oib_pipeline.quality.pages import page, write_page
    from oib_pipeline.quality.raw import check_observations, check_raw, check_releases
    from oib_pipeline.quality.remember import remembered
    from oib_pipeline.quality.sources import check_findings, check_sources
    from oib_pipeline.quality.study_panel import check_study_panel

__all__ = [
    "BEFORE",
    "CHECKS",
    "CheckSpec",
    "Outcome",
    "check_before_report",
    "check_city_year",
    "check_descriptive",
    "check_estimates",
    "check_findings",
    "check_further",
    "check_indices",
    "check_observations",
    "check_raw",
    "check_releases",
    "check_sources",
    "check_study_panel",
    "page",
    "remembered",
    "spec",
    "write_contents",
    "write_page",
]

# Declaring checks must not cost what running them does: these modules load when first asked for.
_HOME = {
    "check_before_report": "before_report",
    "check_city_year": "city_year",
    "check_descriptive": "descriptive",
    "check_estimates": "estimates",
    "check_findings": "sources",
    "check_further": "further",
    "check_indices": "indices",
    "check_observations": "raw",
    "check_raw": "raw",
    "check_releases": "raw",
    "check_sources": "sources",
    "check_study_panel": "study_panel",
    "page": "pages",
    "remembered": "remember",
    "write_contents": "contents",
    "write_page": "pages",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
