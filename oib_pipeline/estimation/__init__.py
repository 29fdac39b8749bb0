"""Econometrics of a place-based policy: plain functions on a DataFrame."""

from oib_pipeline.estimation.did.event_study import EventStudy, dynamic_effects, event_study
from oib_pipeline.estimation.did.heterogeneity import GroupEstimates, by_group
from oib_pipeline.estimation.did.specification_curve import (
    Samples,
    Specification,
    SpecificationCurve,
    specification_curve,
)
from oib_pipeline.estimation.did.twfe import twfe
from oib_pipeline.estimation.inference.comparison import compare_inference
from oib_pipeline.estimation.inference.permutation import Placebo, placebo
from oib_pipeline.estimation.inference.wild_bootstrap import WildBootstrap, wild_cluster_bootstrap
from oib_pipeline.estimation.matching.matching import Matching, match
from oib_pipeline.estimation.matching.permutation import RedrawnMatches
from oib_pipeline.estimation.matching.propensity import propensity_scores
from oib_pipeline.estimation.matching.psm_did import MatchedEstimate, psm_did
from oib_pipeline.estimation.regression.results import Estimate
from oib_pipeline.estimation.synthetic_control import (
    SyntheticControl,
    synthetic_control,
    synthetic_placebos,
)

ledger = compare_inference  # the name before 0.2, kept for one release

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
    "compare_inference",
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
