"""A table as LaTeX."""

from oib_pipeline.report.latex.escaping import escape
from oib_pipeline.report.latex.table import latex_table

__all__ = ["escape", "latex_table"]
