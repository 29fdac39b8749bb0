"""Observations to the panel: one unit, one choice between sources, one row a city-year."""

from oib_pipeline.panel.candidates import candidates
from oib_pipeline.panel.corrections import Correction, apply_corrections, read_corrections
from oib_pipeline.panel.findings.findings import findings
from oib_pipeline.panel.reconcile import assemble, conflicts, reconcile
from oib_pipeline.panel.study_panel import StudyPanel, build_study_panel
from oib_pipeline.panel.trace import Trace, trace, trace_view

__all__ = [
    "Correction",
    "StudyPanel",
    "Trace",
    "apply_corrections",
    "assemble",
    "build_study_panel",
    "candidates",
    "conflicts",
    "findings",
    "read_corrections",
    "reconcile",
    "trace",
    "trace_view",
]
