"""A document as a Word file: headings, real tables, figures at print size, the same bytes twice."""

from oib_pipeline.report.word.file import word

__all__ = ["word"]
