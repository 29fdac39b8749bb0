"""A document as a typeset PDF: its figures as vectors, the same bytes each time."""

from oib_pipeline.report.pdf.typeset import pdf

__all__ = ["pdf"]
