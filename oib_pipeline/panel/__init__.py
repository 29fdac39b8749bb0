"""Observations to the panel: one unit, one choice between sources, one row a city-year."""

from oib_pipeline.panel.assemble import assemble
from oib_pipeline.panel.harmonise import candidates
from oib_pipeline.panel.reconcile import reconcile
from oib_pipeline.panel.study_panel import StudyPanel, build_study_panel

__all__ = ["StudyPanel", "assemble", "build_study_panel", "candidates", "reconcile"]
