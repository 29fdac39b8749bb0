"""Cities, their names and borders through time, and the policies that touch them."""

from oib_pipeline.registry.registry import Registry, load_registry

__all__ = ["Registry", "load_registry"]
