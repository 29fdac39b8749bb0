"""Joint statements about several coefficients: Wald tests and sup-t bands."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from oib_pipeline.estimation.regression.vcov import t_quantile

# Fixed, so that a band is the same every time. Over seeds its critical value for a dozen estimates
# varies with a standard deviation of about 0.002, less than half that of plain draws.
BAND_DRAWS, BAND_SEED = 100_000, 2013
# Directions are taken together in this many groups of like ones when the level is solved for.
BAND_GROUPS = 2_000


class WaldTest(NamedTuple):
    """F statistic, its two degrees of freedom, p-value; NaN where undefined."""

    statistic: float
    df: int
    df_denominator: int
    p: float


NOT_TESTED = WaldTest(np.nan, 0, 0, np.nan)


def wald_test(coefficients: np.ndarray, covariance: np.ndarray, n_clusters: int) -> WaldTest:
    """Return the F test that all q coefficients are zero: b'V^-1 b / q, F(q, G - 1).

    Undefined (NaN) when there is nothing to test, or the variance is singular, as it is when
    the coefficients outnumber the clusters that identify them.
    """
    from scipy.special import fdtrc

    q, df = len(coefficients), n_clusters - 1
    scale = np.sqrt(np.diag(covariance)) if q else np.empty(0)
    if q == 0 or not (scale > 0).all():
        return WaldTest(np.nan, q, df, np.nan)
    correlation = covariance / np.outer(scale, scale)
    if np.linalg.matrix_rank(correlation, tol=1e-10, hermitian=True) < q:
        return WaldTest(np.nan, q, df, np.nan)
    z = coefficients / scale
    statistic = float(z @ np.linalg.solve(correlation, z)) / q
    return WaldTest(statistic, q, df, float(fdtrc(q, df, statistic)))


def sup_t(covariance: np.ndarray, df: int, level: float) -> float:
    """Return the critical value of a joint band over q coefficients.

    The ``level`` quantile of max_j |t_j| where t is multivariate t with ``df`` degrees of freedom
    and the estimates' correlation (Montiel Olea and Plagborg-Moller 2019, with t for their
    normal so that a band over one coefficient is its interval). A draw of t is a length, whose
    square over q is F(q, df), times a direction: ``BAND_DRAWS`` directions are drawn from a fixed
    seed and the length is integrated out. NaN if an error is zero or undefined.
    """
    from scipy.optimize import brentq
    from scipy.special import fdtr

    single = t_quantile(level, df)
    scale = np.sqrt(np.diag(covariance))
    if len(scale) == 0 or not (scale > 0).all():
        return float("nan")
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    root = vectors * np.sqrt(np.clip(values, 0, None))
    rng = np.random.default_rng(BAND_SEED)
    q = len(scale)
    normal = rng.standard_normal((BAND_DRAWS, q))
    square = np.einsum("ij,ij->i", normal, normal)
    longest = np.square(normal @ root.T).max(axis=1) / square
    reach = q * np.sort(longest).reshape(BAND_GROUPS, -1).mean(axis=1)

    def missed(critical: float) -> float:
        return float(fdtr(q, df, critical**2 / reach).mean()) - level

    # Bonferroni's value, or that of one estimate, bounds it from above but for noise.
    most = t_quantile(1 - (1 - level) / q, df) if q > 1 else single
    return float(brentq(missed, 0, 2 * most, xtol=1e-10))
