"""The DuckDB file: short connections, slices replaced whole."""

from oib_pipeline.warehouse.warehouse import Warehouse, reading

__all__ = ["Warehouse", "reading"]
