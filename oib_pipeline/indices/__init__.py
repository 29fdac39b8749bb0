"""Indices of industrial structure and the control variables."""

from oib_pipeline.indices.indices import compute_indices
from oib_pipeline.indices.structure import ais, theil

__all__ = ["ais", "compute_indices", "theil"]
