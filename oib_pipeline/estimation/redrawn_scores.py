"""Logit scores of many redrawn treated sets at once."""

from __future__ import annotations

import numpy as np

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
