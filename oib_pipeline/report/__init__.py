"""Results to tables, figures and documents."""

from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.render import ReportFiles, render

__all__ = ["ReportFiles", "ReportInputs", "render"]
