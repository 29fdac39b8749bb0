"""The DuckDB file: short connections, slices replaced whole."""

from oib_pipeline.warehouse.shared import reading
from oib_pipeline.warehouse.warehouse import Warehouse

__all__ = ["Warehouse", "reading"]
