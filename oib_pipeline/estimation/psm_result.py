"""The result of a matched estimate."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from oib_pipeline.estimation.matched import Matching
from oib_pipeline.estimation.results import Estimate


@dataclass(frozen=True, eq=False)
class MatchedEstimate(Estimate):
    """A two-way estimate on a matched sample, with the matching and its permutation p-values.

    ``matched_on`` is "unit" (once, on means before the policy) or "unit-time" (stacked rows).
    ``p_t`` and ``p_coefficient`` are NaN unless draws were asked for.
    """

    method: str = ""
    matched_on: str = "unit"
    matching: Matching | None = field(default=None, repr=False)
    n_incomplete: int = 0
    p_t: float = np.nan
    p_coefficient: float = np.nan
    draws: int = 0
    n_undefined: int = 0

    def to_frame(self, model: str | None = None) -> pd.DataFrame:
        """Return the long table with the matching beside it.

        Further columns: method, matched_on, n_treated_matched, n_controls_matched, n_unmatched
        (treated without a match), n_incomplete (units without a complete score), p_t,
        p_coefficient (of the treatment, NaN for controls), draws, n_undefined.
        """
        table = super().to_frame(model)
        assert self.matching is not None
        table["method"] = self.method
        table["matched_on"] = self.matched_on
        table["n_treated_matched"] = self.matching.n_treated
        table["n_controls_matched"] = self.matching.n_controls
        table["n_unmatched"] = self.matching.n_unmatched
        table["n_incomplete"] = self.n_incomplete
        treatment = table["term"] == self.term
        table["p_t"] = np.where(treatment, self.p_t, np.nan)
        table["p_coefficient"] = np.where(treatment, self.p_coefficient, np.nan)
        table["draws"] = self.draws
        table["n_undefined"] = self.n_undefined
        return table
