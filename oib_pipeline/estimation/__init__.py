"""Econometrics of a place-based policy: plain functions on a DataFrame.

Names are loaded when first asked for, so that importing the room costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oib_pipeline.estimation.baseline import twfe
    from oib_pipeline.estimation.bootstrap import WildBootstrap, wild_cluster_bootstrap
    from oib_pipeline.estimation.curve import specification_curve
    from oib_pipeline.estimation.curve_result import SpecificationCurve
    from oib_pipeline.estimation.event_result import EventStudy
    from oib_pipeline.estimation.events import dynamic_effects, event_study
    from oib_pipeline.estimation.group_result import GroupEstimates
    from oib_pipeline.estimation.groups import by_group
    from oib_pipeline.estimation.ledgers import ledger
    from oib_pipeline.estimation.matched import Matching
    from oib_pipeline.estimation.matching import match
    from oib_pipeline.estimation.placebos import Placebo, placebo
    from oib_pipeline.estimation.psm import psm_did
    from oib_pipeline.estimation.psm_result import MatchedEstimate
    from oib_pipeline.estimation.redrawn_matches import RedrawnMatches
    from oib_pipeline.estimation.results import Estimate
    from oib_pipeline.estimation.scores import propensity_scores
    from oib_pipeline.estimation.specification import Samples, Specification
    from oib_pipeline.estimation.synthetic import synthetic_control, synthetic_placebos
    from oib_pipeline.estimation.synthetic_result import SyntheticControl

# No module here has the name of a function: importing it would hide the function.
_HOME = {
    "Estimate": "results",
    "EventStudy": "event_result",
    "GroupEstimates": "group_result",
    "MatchedEstimate": "psm_result",
    "Matching": "matched",
    "Placebo": "placebos",
    "RedrawnMatches": "redrawn_matches",
    "Samples": "specification",
    "Specification": "specification",
    "SpecificationCurve": "curve_result",
    "SyntheticControl": "synthetic_result",
    "WildBootstrap": "bootstrap",
    "by_group": "groups",
    "dynamic_effects": "events",
    "event_study": "events",
    "ledger": "ledgers",
    "match": "matching",
    "placebo": "placebos",
    "propensity_scores": "scores",
    "psm_did": "psm",
    "specification_curve": "curve",
    "synthetic_control": "synthetic",
    "synthetic_placebos": "synthetic",
    "twfe": "baseline",
    "wild_cluster_bootstrap": "bootstrap",
}

__all__ = [
    "Estimate",
    "EventStudy",
    "GroupEstimates",
    "MatchedEstimate",
    "Matching",
    "Placebo",
    "RedrawnMatches",
    "Samples",
    "Specification",
    "SpecificationCurve",
    "SyntheticControl",
    "WildBootstrap",
    "by_group",
    "dynamic_effects",
    "event_study",
    "ledger",
    "match",
    "placebo",
    "propensity_scores",
    "psm_did",
    "specification_curve",
    "synthetic_control",
    "synthetic_placebos",
    "twfe",
    "wild_cluster_bootstrap",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
