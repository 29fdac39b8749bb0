"""Econometrics of a place-based policy: plain functions on a DataFrame.

Names are loaded when first asked for, so that importing the room costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oib_pipeline.estimation.baseline import twfe
    from oib_pipeline.estimation.events import EventStudy, dynamic_effects, event_study
    from oib_pipeline.estimation.placebos import Placebo, placebo
    from oib_pipeline.estimation.results import Estimate

# No module here has the name of a function: importing it would hide the function.
_HOME = {
    "Estimate": "results",
    "EventStudy": "events",
    "Placebo": "placebos",
    "dynamic_effects": "events",
    "event_study": "events",
    "placebo": "placebos",
    "twfe": "baseline",
}

__all__ = [
    "Estimate",
    "EventStudy",
    "Placebo",
    "dynamic_effects",
    "event_study",
    "placebo",
    "twfe",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
