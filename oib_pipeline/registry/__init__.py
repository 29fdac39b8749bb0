"""Cities, their names and borders through time, and the policies that touch them.

Names are loaded when first asked for: reading a page needs the gazetteer, and no frame.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oib_pipeline.registry.registry import Registry, load_registry

__all__ = ["Registry", "load_registry"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.registry"), name)
