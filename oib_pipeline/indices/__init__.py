"""Indices of industrial structure and the control variables."""

from oib_pipeline.indices.indicators import INDICATORS
from oib_pipeline.indices.table import compute_indices

__all__ = ["INDICATORS", "compute_indices"]
