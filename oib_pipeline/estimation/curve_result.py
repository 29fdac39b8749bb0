"""A specification curve and the test of it as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from oib_pipeline.estimation.convention import p_value, t_quantile, t_statistic
from oib_pipeline.estimation.permuted import TIE
from oib_pipeline.estimation.results import Estimate
from oib_pipeline.estimation.specification import Specification


@dataclass(frozen=True, eq=False)
class SpecificationCurve:
    """Estimates of all specifications, their permutation statistics and the curve's own test.

    ``coefficients`` and ``t_statistics`` have shape (specifications, draws), NaN where a draw
    identifies nothing in a sample. Row order is that of ``specifications``.
    """

    specifications: tuple[Specification, ...]
    estimates: tuple[Estimate, ...]
    n_treated: tuple[int, ...]
    coefficients: np.ndarray = field(repr=False)
    t_statistics: np.ndarray = field(repr=False)
    draws: int
    seed: int
    level: float

    def to_frame(self) -> pd.DataFrame:
        """Return one long-shaped row a specification.

        ``model`` is its name; further columns: p_t and p_coefficient (permutation), n_undefined,
        n_treated, draws, rank (1 the smallest estimate), data, and ``choice_<dimension>`` for
        every dimension any specification names ("" where it does not).
        """
        table = _first_rows(self.estimates)
        table.insert(1, "model", [one.name for one in self.specifications])
        beta = np.array([[one.estimate] for one in self.estimates])
        t = np.array([[one.t] for one in self.estimates])
        table["p_t"] = permutation_p(self.t_statistics, t)
        table["p_coefficient"] = permutation_p(self.coefficients, beta)
        table["n_undefined"] = (~np.isfinite(self.t_statistics)).sum(axis=1)
        table["n_treated"] = self.n_treated
        table["draws"] = self.draws
        table["rank"] = table["estimate"].rank(method="first").astype(int)
        table["data"] = [one.data for one in self.specifications]
        dimensions = dict.fromkeys(key for one in self.specifications for key in one.choices)
        for name in dimensions:
            table[f"choice_{name}"] = [one.choices.get(name, "") for one in self.specifications]
        return table

    def test(self) -> pd.DataFrame:
        """Return the permutation test of the whole curve (Simonsohn, Simmons and Nelson 2020).

        Each draw of treated units gives a whole curve. Compared with the true one: the median
        estimate in size; how many estimates are significant (|t| beyond its critical value) with
        the sign of the curve's median; and Stouffer's sum of t over the root of their number, in
        size. p = (1 + #{draw >= observed}) / (1 + draws).

        Returns
        -------
        pandas.DataFrame
            statistic, observed, p, draws, n_specifications. Where no estimate has a t (a model
            that fits exactly), what rests on t is NaN, and so is its p.
        """
        critical = np.array([t_quantile(self.level, one.n_clusters - 1) for one in self.estimates])
        beta = np.array([[one.estimate] for one in self.estimates])
        t = np.array([[one.t] for one in self.estimates])
        observed = _curve_statistics(beta, t, critical)
        drawn = _curve_statistics(self.coefficients, self.t_statistics, critical)
        return pd.DataFrame(
            {
                "statistic": list(observed),
                "observed": [float(value[0]) for value in observed.values()],
                "p": [
                    float(permutation_p(drawn[name][None, :], observed[name][None, :])[0])
                    for name in observed
                ],
                "draws": self.draws,
                "n_specifications": len(self.specifications),
            }
        )


def _first_rows(estimates: Sequence[Estimate]) -> pd.DataFrame:
    """Return the first row of each estimate's long table."""
    coefficient = np.array([one.coefficients[0] for one in estimates])
    se = np.sqrt([one.covariance[0, 0] for one in estimates])
    t = t_statistic(coefficient, se)
    half = np.array([t_quantile(one.level, one.n_clusters - 1) for one in estimates]) * se
    columns = {
        "outcome": [one.outcome for one in estimates],
        "term": [one.terms[0] for one in estimates],
        "estimate": coefficient,
        "se": se,
        "t": t,
        "p": p_value(t, np.array([one.n_clusters - 1 for one in estimates])),
        "ci_low": coefficient - half,
        "ci_high": coefficient + half,
    }
    counts = ("n_obs", "n_clusters", "r2_within", "convention", "n_missing", "n_singletons")
    return pd.DataFrame(columns | {name: [getattr(e, name) for e in estimates] for name in counts})


def permutation_p(drawn: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Return (1 + #{|draw| >= |observed|}) / (1 + defined draws) for each row.

    NaN where the observed statistic, shape (rows, 1), or every draw, shape (rows, draws), is
    undefined.
    """
    exceed = (np.abs(drawn) >= np.abs(observed) * (1 - TIE)).sum(axis=1)
    defined = np.isfinite(drawn).sum(axis=1)
    known = np.isfinite(observed[:, 0]) & (defined > 0)
    return np.where(known, (1 + exceed) / (1 + defined), np.nan)


def _curve_statistics(
    beta: np.ndarray, t: np.ndarray, critical: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the three statistics of curves in columns, each of shape (draws,)."""
    median = np.full(beta.shape[1], np.nan)
    there = np.isfinite(beta).any(axis=0)
    median[there] = np.nanmedian(beta[:, there], axis=0)
    number = np.isfinite(t).sum(axis=0)
    tested = number > 0
    beyond = np.sign(t) * (np.abs(t) > critical[:, None])
    significant = (beyond == np.sign(median)) & (np.abs(beyond) == 1)
    return {
        "median estimate": median,
        "significant with the median's sign": np.where(tested, significant.sum(axis=0), np.nan),
        "Stouffer's Z": np.where(
            tested, np.nansum(t, axis=0) / np.sqrt(np.maximum(number, 1)), np.nan
        ),
    }
