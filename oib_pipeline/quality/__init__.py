"""Checks between stages, to plain outcomes; the checks themselves are in `quality.suites`."""

from oib_pipeline.quality.catalogue import BEFORE, CHECKS, CheckSpec, spec
from oib_pipeline.quality.outcome import Outcome

__all__ = ["BEFORE", "CHECKS", "CheckSpec", "Outcome", "spec"]
