"""A matched sample: its weights, its effect and its balance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from oib_pipeline.estimation.columns import check_columns, column_names
from oib_pipeline.estimation.scores import complete


@dataclass(frozen=True, eq=False)
class Matching:
    """Weights that make untreated units stand in for treated ones.

    ``weights`` is 1 for a matched treated unit, for an untreated one the sum of its shares in the
    treated units' matches, and 0 for units without a match; ``treated`` (bool), ``score`` and
    ``on_support`` (bool) are on the same index.
    """

    method: str
    treated: pd.Series = field(repr=False)
    score: pd.Series = field(repr=False)
    weights: pd.Series = field(repr=False)
    on_support: pd.Series = field(repr=False)
    units: pd.DataFrame = field(repr=False)

    @property
    def n_treated(self) -> int:
        """Matched treated units."""
        return int((self.treated & (self.weights > 0)).sum())

    @property
    def n_controls(self) -> int:
        """Untreated units that serve as a match."""
        return int((~self.treated & (self.weights > 0)).sum())

    @property
    def n_unmatched(self) -> int:
        """Treated units without a match, which the effect leaves out."""
        return int((self.treated & (self.weights == 0)).sum())

    def labelled(self, index: pd.Index) -> Matching:
        """Return the same match with other labels of its units."""
        names = ("treated", "score", "weights", "on_support", "units")
        return replace(self, **{name: getattr(self, name).set_axis(index) for name in names})

    def att(self, outcome: pd.Series | str) -> float:
        """Return the effect on the matched treated: their mean less their matches' weighted mean.

        Parameters
        ----------
        outcome : pandas.Series or str
            On the index of the units, or a column of theirs.
        """
        values = self._series(outcome)
        used = self.weights > 0
        if values[used].isna().any():
            raise ValueError(f"outcome {values.name!r} has a missing value for a matched unit")
        return self._mean(values, self.treated) - self._mean(values, ~self.treated)

    def balance(self, covariates: pd.DataFrame | Sequence[str]) -> pd.DataFrame:
        """Return how alike treated and untreated units are before and after matching.

        The standardised difference is the difference of means over sqrt((s_T^2 + s_C^2) / 2), the
        variances those before matching both times, so that only the means can improve it
        (Rosenbaum and Rubin 1985); NaN where both are constant.

        Parameters
        ----------
        covariates : pandas.DataFrame or sequence of str
            Columns on the index of the units, or names of theirs.

        Returns
        -------
        pandas.DataFrame
            covariate, and before and after matching (suffixes ``_before``, ``_after``):
            mean_treated, mean_control, std_diff, variance_ratio.
        """
        if isinstance(covariates, pd.DataFrame):
            table = covariates
        else:
            names = column_names(covariates, "covariates")
            check_columns(self.units, dict.fromkeys(names, "covariate"))
            table = self.units[list(names)]
        if not table.index.equals(self.weights.index):
            raise ValueError("covariates must have the index of the matched units")
        return pd.DataFrame([self._balance_row(table, str(name)) for name in table.columns])

    def _balance_row(self, table: pd.DataFrame, name: str) -> dict[str, object]:
        values = complete(table, name, "covariate")
        mark, weight = self.treated.to_numpy(), self.weights.to_numpy()
        row: dict[str, object] = {"covariate": name}
        scale = np.sqrt((values[mark].var(ddof=1) + values[~mark].var(ddof=1)) / 2)
        for stage, used in (("before", np.ones(len(values))), ("after", weight)):
            treated_mean, treated_variance = _moments(values[mark], used[mark])
            control_mean, control_variance = _moments(values[~mark], used[~mark])
            row[f"mean_treated_{stage}"] = treated_mean
            row[f"mean_control_{stage}"] = control_mean
            row[f"std_diff_{stage}"] = (
                (treated_mean - control_mean) / scale if scale > 0 else np.nan
            )
            row[f"variance_ratio_{stage}"] = (
                treated_variance / control_variance if control_variance > 0 else np.nan
            )
        return row

    def _series(self, outcome: pd.Series | str) -> pd.Series:
        if isinstance(outcome, str):
            check_columns(self.units, {outcome: "outcome"})
            return self.units[outcome].astype(float)
        if not outcome.index.equals(self.weights.index):
            raise ValueError("outcome must have the index of the matched units")
        return outcome.astype(float)

    def _mean(self, values: pd.Series, group: pd.Series) -> float:
        used = group & (self.weights > 0)
        return float(np.average(values[used], weights=self.weights[used]))


def _moments(values: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Return weighted mean and variance, the latter with the effective number of units."""
    total = weights.sum()
    mean = float(weights @ values / total)
    left = total - weights @ weights / total
    variance = float(weights @ (values - mean) ** 2 / left) if left > 1e-12 else np.nan
    return mean, variance
