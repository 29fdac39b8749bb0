"""One unit beside its synthetic control."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd


@dataclass(frozen=True, eq=False)
class SyntheticControl:
    """One unit beside its synthetic control.

    Parameters
    ----------
    unit
        The unit that is followed.
    weights
        Of each donor, not negative, summing to one; on donors' names, in their order.
    actual, synthetic
        The outcome and its counterpart, on the times in order.
    start
        First time of the policy.
    """

    unit: Hashable
    weights: pd.Series = field(repr=False)
    actual: pd.Series = field(repr=False)
    synthetic: pd.Series = field(repr=False)
    start: float

    @property
    def gap(self) -> pd.Series:
        """Actual less synthetic, by time."""
        return (self.actual - self.synthetic).rename("gap")

    @property
    def effect(self) -> float:
        """Mean gap from the policy's start on."""
        return float(self.gap[self.gap.index >= self.start].mean())

    @property
    def rmse_before(self) -> float:
        """Root mean square of the gap before the policy."""
        return float(np.sqrt((self.gap[self.gap.index < self.start] ** 2).mean()))

    def to_frame(self) -> pd.DataFrame:
        """One row a time: unit, time, actual, synthetic, gap."""
        return pd.DataFrame(
            {"actual": self.actual, "synthetic": self.synthetic, "gap": self.gap}
        ).assign(unit=self.unit)
