"""Estimates by group and their long table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from oib_pipeline.estimation.joint import WaldTest
from oib_pipeline.estimation.results import Estimate


@dataclass(frozen=True, eq=False)
class GroupEstimate:
    """One group's estimate, None with the reason in ``note`` where the group has none."""

    label: object
    estimate: Estimate | None
    n_treated: int
    n_control: int
    p_t: float = np.nan
    p_coefficient: float = np.nan
    note: str = ""


@dataclass(frozen=True, eq=False)
class GroupEstimates:
    """Estimates by group and the test that all are equal.

    ``equality`` compares the groups' estimates by their standard errors; ``equality_p_permuted``
    redraws treated units within each group with the common effect imposed, which holds where few
    are treated and the F distribution does not.
    """

    group: str
    outcome: str
    term: str
    estimates: tuple[GroupEstimate, ...]
    equality: WaldTest
    equality_p_permuted: float
    draws: int

    def to_frame(self, model: str | None = None) -> pd.DataFrame:
        """Return the long table of all groups, the treatment first in each.

        Columns of :meth:`Estimate.to_frame` and: group, n_treated, n_control, p_t, p_coefficient
        (permutation, of the treatment), note, joint_statistic, joint_df, joint_df_denominator,
        joint_p, joint_p_permuted, draws. A group without an estimate has one row of NaN.
        """
        table = pd.concat([self._rows(one, model) for one in self.estimates], ignore_index=True)
        table["joint_statistic"] = self.equality.statistic
        table["joint_df"] = self.equality.df
        table["joint_df_denominator"] = self.equality.df_denominator
        table["joint_p"] = self.equality.p
        table["joint_p_permuted"] = self.equality_p_permuted
        table["draws"] = self.draws
        return table

    def _rows(self, one: GroupEstimate, model: str | None) -> pd.DataFrame:
        if one.estimate is not None:
            rows = one.estimate.to_frame(model)
        else:
            numbers = ["estimate", "se", "t", "p", "ci_low", "ci_high", "r2_within"]
            blank: dict[str, object] = {"outcome": self.outcome}
            blank |= {} if model is None else {"model": model}
            blank |= {"term": self.term} | dict.fromkeys(numbers, np.nan)
            blank |= dict.fromkeys(["n_obs", "n_clusters", "n_missing", "n_singletons"], 0)
            rows = pd.DataFrame([blank | {"convention": ""}])
        first = rows["term"] == self.term
        rows.insert(rows.columns.get_loc("term"), "group", one.label)
        rows["n_treated"], rows["n_control"] = one.n_treated, one.n_control
        rows["p_t"] = np.where(first, one.p_t, np.nan)
        rows["p_coefficient"] = np.where(first, one.p_coefficient, np.nan)
        rows["note"] = one.note
        return rows
