"""The engine of every table: linearmodels' PanelOLS, asked for its plain CR0 variance."""

from __future__ import annotations

import numpy as np
import pandas as pd
from linearmodels.panel import PanelOLS

from oib_pipeline.estimation.data.panel import Panel
from oib_pipeline.estimation.regression.demean import check_collinear, residualise
from oib_pipeline.estimation.regression.vcov import Fit, defined_variance, weighted_norm


class LeanPanelOLS(PanelOLS):
    """``PanelOLS`` without the further kinds of R2 that nothing here shows.

    It fits and judges as ``PanelOLS`` does; but that one also computes, with every fit, six R2
    between units, overall and by correlation, at two fifths of the time. They are NaN here. Should
    it come to compute them elsewhere, this class changes nothing.
    """

    def _rsquared(self, *_: object, **__: object) -> tuple[float, float, float]:
        return np.nan, np.nan, np.nan

    def _rsquared_corr(self, *_: object) -> tuple[float, float, float]:
        return np.nan, np.nan, np.nan


def fit_panelols(panel: Panel) -> Fit:
    """Return the fit of ``linearmodels.PanelOLS`` with a CR0 variance, no correction applied."""
    check_collinear(panel, residualise(panel))
    index = pd.MultiIndex.from_arrays([panel.unit, panel.time])
    columns = [f"x{position}" for position in range(panel.n_regressors)]
    x = pd.DataFrame(panel.arrays[1 : 1 + panel.n_regressors].T, index=index, columns=columns)
    y = pd.DataFrame({"y": panel.arrays[0]}, index=index)
    weights = None if panel.weights is None else pd.DataFrame({"w": panel.weights}, index=index)
    clusters = pd.DataFrame({"g": panel.cluster}, index=index)
    result = LeanPanelOLS(y, x, entity_effects=True, time_effects=True, weights=weights).fit(
        cov_type="clustered",
        clusters=clusters,
        debiased=False,
        group_debias=False,
        auto_df=False,
        count_effects=False,
    )
    beta = np.asarray(result.params, dtype=float)
    residual = float(np.sqrt(result.resid_ss))
    return Fit(
        panel,
        beta,
        defined_variance(np.asarray(result.cov, dtype=float), beta, residual, weighted_norm(panel)),
        float(result.rsquared),
        "panelols",
    )
