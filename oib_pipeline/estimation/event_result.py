"""The result of an event study and its long table."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from oib_pipeline.estimation.joint import NOT_TESTED, WaldTest
from oib_pipeline.estimation.results import Estimate, long_table


@dataclass(frozen=True, eq=False)
class EventStudy(Estimate):
    """Effects of treatment in each year against ``base``, which two such models may not share.

    The first ``len(years)`` terms are the effects, in time order; ``event_times`` is their year
    minus the start. ``critical`` is the sup-t value of the joint band over all of them.
    ``pretrend`` tests that all effects before the start are zero (NaN where there is none).
    ``term`` is the effect in the first treated year.
    """

    years: tuple[int, ...] = ()
    event_times: tuple[int, ...] = ()
    base: str = ""
    reference: int | None = None
    critical: float = field(default=np.nan, repr=False)
    pretrend: WaldTest = NOT_TESTED

    def to_frame(self, model: str | None = None) -> pd.DataFrame:
        """Return the long table with the years and joint statements beside it.

        Further columns: event_time, year (missing for controls), joint_low, joint_high, base,
        pretrend_statistic, pretrend_df, pretrend_df_denominator, pretrend_p.
        """
        table = long_table(self, model)
        n_rest = len(table) - len(self.years)
        half = self.critical * self.standard_errors
        half[len(self.years) :] = np.nan
        table["event_time"] = pd.array([*self.event_times, *[pd.NA] * n_rest], dtype="Int64")
        table["year"] = pd.array([*self.years, *[pd.NA] * n_rest], dtype="Int64")
        table["joint_low"] = self.coefficients - half
        table["joint_high"] = self.coefficients + half
        table["base"] = self.base
        table["pretrend_statistic"] = self.pretrend.statistic
        table["pretrend_df"] = self.pretrend.df
        table["pretrend_df_denominator"] = self.pretrend.df_denominator
        table["pretrend_p"] = self.pretrend.p
        return table
