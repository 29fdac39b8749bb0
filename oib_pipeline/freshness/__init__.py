"""What is up to date, by content: fingerprints of inputs, code and slices, and the plan they make.

Nothing here imports Dagster, nor pandas unless a study changed, so that finding nothing to do is
quick.
"""

from oib_pipeline.freshness.fingerprints import Chain
from oib_pipeline.freshness.inputs import Inputs, read_inputs
from oib_pipeline.freshness.ledger import Ledger, read_ledger
from oib_pipeline.freshness.plan import Plan, make_plan
from oib_pipeline.freshness.refusals import current_inputs
from oib_pipeline.freshness.stages import STAGES, Stage, estimate_stages

__all__ = [
    "STAGES",
    "Chain",
    "Inputs",
    "Ledger",
    "Plan",
    "Stage",
    "current_inputs",
    "estimate_stages",
    "make_plan",
    "read_inputs",
    "read_ledger",
]
