"""The baseline difference-in-differences: two-way fixed effects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd

from oib_pipeline.estimation.data.columns import column_names
from oib_pipeline.estimation.data.panel import panel_from_frame
from oib_pipeline.estimation.data.treatment import Staggered, hold_one_start
from oib_pipeline.estimation.regression.fit import fit
from oib_pipeline.estimation.regression.results import Estimate, estimate_of
from oib_pipeline.estimation.regression.vcov import FitEngine


def twfe(
    data: pd.DataFrame,
    *,
    outcome: str,
    treatment: str,
    unit: str,
    time: str,
    controls: Sequence[str] = (),
    cluster: str | None = None,
    weights: str | None = None,
    level: float = 0.95,
    staggered: Staggered = "refuse",
    engine: FitEngine | Literal["auto"] = "auto",
) -> Estimate:
    """Return the two-way fixed-effects estimate of a treatment.

    y_it = beta D_it + x_it'delta + alpha_i + lambda_t + e_it by least squares (weighted if
    ``weights`` is given), clustered by ``cluster`` (default: the unit) under the one convention
    of :mod:`oib_pipeline.estimation.regression.vcov`.

    Parameters
    ----------
    data : pandas.DataFrame
        One row a unit and time, any order, balanced or not. Not changed.
    outcome, treatment : str
        Numeric columns; the treatment may be 0/1 or a dose.
    unit, time : str
        Key columns without missing values.
    controls : sequence of str
        Numeric columns; their coefficients are in the table too.
    cluster : str, optional
        Column of cluster labels; units need not be nested in them.
    weights : str, optional
        Column of non-negative analytic weights.
    level : float
        Level of the intervals.
    staggered : {"refuse", "allow"}
        What is done with a treatment that starts at different times in different units, ends or
        switches back: refused, for the coefficient then also weighs units against units already
        treated (Goodman-Bacon 2021); or estimated as it is.
    engine : {"auto", "panelols", "closed_form"}
        PanelOLS up to 50,000 rows, the closed form (equal to 1e-10) beyond.

    Returns
    -------
    Estimate
        Rows with a missing value are left out listwise and counted in ``n_missing``.

    Raises
    ------
    ValueError
        Naming the column and the cause: see ``panel_from_frame``; no treated row; a treatment or
        control that the effects absorb or that is collinear; a treatment with several starts or
        an end, unless ``staggered`` allows it.

    Notes
    -----
    Other programs print other errors for the same model. The one published for the castle doctrine
    data (0.058335, textbook two-way model by state and year) multiplies the clustered variance by
    (n-1)/(n-k-1), counting the k regressors and a constant but no year effects; here the T year
    effects, which no state nests, count: (n-1)/(n-k-T). With n = 550, k = 1, T = 11 theirs is ours
    times sqrt((n-k-T)/(n-k-1)).
    """
    treatment_and_controls = (treatment, *column_names(controls, "controls"))
    panel = panel_from_frame(
        data,
        outcome=outcome,
        regressors=treatment_and_controls,
        unit=unit,
        time=time,
        cluster=cluster,
        weights=weights,
    )
    if not panel.column(treatment).any():
        raise ValueError(
            f"column {treatment!r} (treatment): no treated unit, it is zero everywhere"
        )
    hold_one_start(panel, treatment, staggered)
    return estimate_of(fit(panel, engine), treatment, level)
