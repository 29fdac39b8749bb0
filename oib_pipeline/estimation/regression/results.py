"""What a fit hands back: frozen results and their long table."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from oib_pipeline.estimation.regression.vcov import Fit, p_value, t_quantile, t_statistic


@dataclass(frozen=True, eq=False)
class Estimate:
    """The coefficient of one treatment in a two-way model, with its controls beside it.

    ``terms`` names the k coefficients, the treatment first; ``covariance`` (k, k) follows the
    convention that ``convention`` states. ``estimate``, ``se``, ``t``, ``p``, ``ci_low`` and
    ``ci_high`` are those of ``term``. An undefined number is NaN.
    """

    outcome: str
    term: str
    terms: tuple[str, ...]
    coefficients: np.ndarray = field(repr=False)
    covariance: np.ndarray = field(repr=False)
    n_obs: int
    n_units: int
    n_clusters: int
    r2_within: float
    convention: str
    engine: str
    n_missing: int = 0
    n_singletons: int = 0
    level: float = 0.95

    @property
    def standard_errors(self) -> np.ndarray:
        """Standard errors of all k coefficients."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def estimate(self) -> float:
        """Coefficient of the treatment."""
        return float(self.coefficients[self._position])

    @property
    def se(self) -> float:
        """Standard error of the treatment's coefficient."""
        return float(self.standard_errors[self._position])

    @property
    def t(self) -> float:
        """Its t-statistic."""
        return float(t_statistic(self.coefficients, self.standard_errors)[self._position])

    @property
    def p(self) -> float:
        """Its two-sided p-value, t with G - 1 degrees of freedom."""
        return float(p_value(np.array(self.t), self.n_clusters - 1))

    @property
    def ci_low(self) -> float:
        """Lower end of its interval."""
        return self.estimate - t_quantile(self.level, self.n_clusters - 1) * self.se

    @property
    def ci_high(self) -> float:
        """Upper end of its interval."""
        return self.estimate + t_quantile(self.level, self.n_clusters - 1) * self.se

    @property
    def _position(self) -> int:
        return self.terms.index(self.term)

    def to_frame(self, model: str | None = None) -> pd.DataFrame:
        """Return the long table, one row a coefficient, the treatment first.

        Columns: outcome, (model,) term, estimate, se, t, p, ci_low, ci_high, n_obs, n_clusters,
        r2_within, convention, n_missing, n_singletons.
        """
        return long_table(self, model)


def long_table(result: Estimate, model: str | None = None) -> pd.DataFrame:
    """Return the one long shape that every estimate has."""
    se, df = result.standard_errors, result.n_clusters - 1
    t = t_statistic(result.coefficients, se)
    half = t_quantile(result.level, df) * se
    table = pd.DataFrame(
        {
            "outcome": result.outcome,
            "term": list(result.terms),
            "estimate": result.coefficients,
            "se": se,
            "t": t,
            "p": p_value(t, df),
            "ci_low": result.coefficients - half,
            "ci_high": result.coefficients + half,
            "n_obs": result.n_obs,
            "n_clusters": result.n_clusters,
            "r2_within": result.r2_within,
            "convention": result.convention,
            "n_missing": result.n_missing,
            "n_singletons": result.n_singletons,
        }
    )
    if model is not None:
        table.insert(1, "model", model)
    return table


def estimate_of(fit: Fit, term: str, level: float = 0.95) -> Estimate:
    """Return the result of a fit whose treatment is ``term``."""
    return Estimate(term=term, level=level, **fit_fields(fit))


def fit_fields(fit: Fit) -> dict:
    """Return what every result takes from its fit."""
    panel = fit.panel
    return {
        "outcome": panel.outcome,
        "terms": panel.regressors,
        "coefficients": fit.coefficients,
        "covariance": fit.covariance,
        "n_obs": panel.n_obs,
        "n_units": panel.n_units,
        "n_clusters": panel.n_clusters,
        "r2_within": fit.r2_within,
        "convention": fit.convention,
        "engine": fit.engine,
        "n_missing": panel.n_missing,
        "n_singletons": panel.n_singletons,
    }
