"""Logit propensity scores, one set or many."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd

from oib_pipeline.estimation.data.columns import check_columns, column_names, numbers, zero_one


def propensity_scores(
    units: pd.DataFrame, *, treated: str, covariates: Sequence[str], link: str = "logit"
) -> pd.Series:
    """Return each unit's estimated probability of treatment (Rosenbaum and Rubin 1983).

    Pr(treated = 1 | x) = F(a + x'b), F logistic or normal, by unpenalised maximum likelihood;
    a penalised fit, some libraries' default, gives other scores and other effects.

    Parameters
    ----------
    units : pandas.DataFrame
        One row a unit.
    treated : str
        0/1 column.
    covariates : sequence of str
        Numeric columns without missing values.
    link : {"logit", "probit"}

    Returns
    -------
    pandas.Series
        Named ``propensity_score``, in (0, 1), on the index of ``units``.

    Raises
    ------
    ValueError
        Naming the column: missing, not numeric, infinite, with missing values, constant or
        collinear; no treated or no untreated unit; covariates that predict treatment perfectly.
    """
    if link not in ("logit", "probit"):
        raise ValueError(f"link must be 'logit' or 'probit', not {link!r}")
    names = column_names(covariates, "covariates")
    if not names:
        raise ValueError("covariates is empty: name at least one column to match on")
    if treated in names:
        raise ValueError(f"column {treated!r} is both treated and a covariate")
    check_columns(units, {treated: "treated"} | dict.fromkeys(names, "covariate"))
    mark = treatment_indicator(units, treated)
    design = standardised(units, names)
    return pd.Series(
        _maximum_likelihood(design, mark, names, treated, link),
        index=units.index,
        name="propensity_score",
    )


def treatment_indicator(units: pd.DataFrame, treated: str) -> np.ndarray:
    """Return which units are treated, with some of either kind."""
    mark = zero_one(complete_units(units, treated, "treated"), treated, "treated")
    if mark.all() or not mark.any():
        which = "untreated" if mark.all() else "treated"
        raise ValueError(f"column {treated!r} (treated): no {which} unit")
    return mark


def complete_units(units: pd.DataFrame, name: str, role: str) -> np.ndarray:
    """Return a column as floats, refused where a value is missing."""
    values = numbers(units, name, role)
    if np.isnan(values).any():
        row = units.index[int(np.flatnonzero(np.isnan(values))[0])]
        raise ValueError(f"column {name!r} ({role}) has a missing value in row {row!r}")
    return values


def standardised(units: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    """Return a constant and the standardised covariates (n, 1 + k), refused where collinear."""
    raw = np.column_stack([complete_units(units, name, "covariate") for name in names])
    spread = raw.std(axis=0)
    for name, low, high in zip(names, raw.min(axis=0), raw.max(axis=0), strict=True):
        if low == high:
            raise ValueError(f"column {name!r} (covariate) is constant, {low:g} in every row")
    design = np.column_stack([np.ones(len(raw)), (raw - raw.mean(axis=0)) / spread])
    diagonal = np.abs(np.diag(np.linalg.qr(design, mode="r")))
    lost = np.flatnonzero(diagonal <= 1e-8 * np.sqrt(len(raw)))
    if lost.size or len(raw) < design.shape[1]:
        name = names[lost[0] - 1] if lost.size else names[len(raw) - 1]
        raise ValueError(f"column {name!r} (covariate) is collinear with those before it")
    return design


def _maximum_likelihood(
    design: np.ndarray, mark: np.ndarray, names: Sequence[str], treated: str, link: str
) -> np.ndarray:
    # not statsmodels.api, which loads time series and graphics as well
    from statsmodels.discrete.discrete_model import Logit, Probit
    from statsmodels.tools.sm_exceptions import PerfectSeparationError

    model = (Logit if link == "logit" else Probit)(mark.astype(float), design)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            result = model.fit(method="newton", maxiter=200, tol=1e-12, disp=0)
            settled = bool(result.mle_retvals["converged"]) and np.abs(result.params).max() < 20
            scores = np.asarray(result.predict())
    except (PerfectSeparationError, np.linalg.LinAlgError):
        settled = False
    if not settled:
        guilty = separating(design, mark)
        if guilty.size:
            listed = ", ".join(repr(names[column]) for column in guilty)
            raise ValueError(
                f"column(s) {listed}: predict {treated!r} perfectly for some or all units, so that "
                "no finite score exists; leave a covariate out"
            )
        if not result.mle_retvals["converged"]:
            raise ValueError(f"the score of {treated!r} on {list(names)} did not converge")
    return scores


def separating(design: np.ndarray, mark: np.ndarray) -> np.ndarray:
    """Return which covariates make up a direction that separates treated from untreated units.

    A direction b with z_i x_i'b >= 0 for all units, z = 1 for treated and -1 for others, and > 0
    for some, exists exactly where the likelihood has no maximum (Albert and Anderson 1984); it is
    searched by linear programming. Empty where there is none.
    """
    from scipy.optimize import linprog

    signed = design * np.where(mark, 1.0, -1.0)[:, None]
    best = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(signed)), bounds=(-1, 1))
    if best.status != 0 or -best.fun <= 1e-7:
        return np.empty(0, dtype=int)
    return np.flatnonzero(np.abs(best.x[1:]) > 1e-6)


# Newton on a concave likelihood settles in under ten steps or, where treatment is predicted
# perfectly, never; a step may not send a score beyond what doubles can tell from 0 or 1.
STEPS, SETTLED, FARTHEST = 40, 1e-11, 30.0


def redrawn_scores(design: np.ndarray, treated: np.ndarray) -> np.ndarray:
    """Return maximum-likelihood logit scores (c, n) for c treated sets of n units.

    Newton's method on all sets together, the same maximum that :func:`propensity_scores` finds
    for one; a row is NaN where no maximum exists or is not reached.

    Parameters
    ----------
    design : numpy.ndarray
        Constant and standardised covariates, shape (n, 1 + k).
    treated : numpy.ndarray
        Booleans, shape (c, n).
    """
    n, k = design.shape
    products = (design[:, :, None] * design[:, None, :]).reshape(n, k * k)
    beta = np.zeros((len(treated), k))
    step = np.full_like(beta, np.inf)
    open_ = np.arange(len(treated))
    for _ in range(STEPS):
        probability = _logistic(beta[open_] @ design.T)
        slope = (treated[open_] - probability) @ design
        hessian = ((probability * (1 - probability)) @ products).reshape(-1, k, k)
        hessian += 1e-14 * np.eye(k)
        step[open_] = np.linalg.solve(hessian, slope[:, :, None])[:, :, 0]
        beta[open_] += step[open_]
        far = np.abs(beta[open_] @ design.T).max(axis=1) > 10 * FARTHEST
        moving = np.abs(step[open_]).max(axis=1) > SETTLED * (1 + np.abs(beta[open_]).max(axis=1))
        open_ = open_[moving & ~far]
        if not len(open_):
            break
    lost = (np.abs(step).max(axis=1) > 1e-8) | (np.abs(beta).max(axis=1) > FARTHEST)
    beta[lost] = np.nan
    return _logistic(beta @ design.T)


def _logistic(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(x, -700, 700)))
