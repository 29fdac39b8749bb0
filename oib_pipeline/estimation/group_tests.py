"""Tests that independent groups share one effect, by formula and by permutation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oib_pipeline.estimation.assignment import Assignments
from oib_pipeline.estimation.joint import NOT_TESTED, WaldTest
from oib_pipeline.estimation.panel import Panel
from oib_pipeline.estimation.permutation import treated_sets
from oib_pipeline.estimation.permuted import TIE, Observed, permute
from oib_pipeline.estimation.results import Estimate

UNDEFINED = Observed(np.nan, np.nan)


@dataclass(frozen=True, eq=False)
class Redraws:
    """One group's permutation p-values, and draws with the common effect imposed.

    ``coefficients`` and ``t_statistics`` have shape (draws,); they are None where no common effect
    is defined, and all is undefined where the treatment is not 0/1 with one start. ``observed``
    is the true assignment's, its error clustered by unit as those of the draws are. ``note`` says
    why a group that could be redrawn was not.
    """

    p_t: float = np.nan
    p_coefficient: float = np.nan
    coefficients: np.ndarray | None = None
    t_statistics: np.ndarray | None = None
    observed: Observed = UNDEFINED
    note: str = ""


def common_effect(estimates: Sequence[Estimate]) -> float:
    """Return the mean effect weighted by precision, NaN where a standard error is zero."""
    beta = np.array([one.estimate for one in estimates])
    se = np.array([one.se for one in estimates])
    return float(_common(beta[:, None], se[:, None])[0]) if (se > 0).all() else float("nan")


def equality_test(estimates: Sequence[Estimate]) -> WaldTest:
    """Return the F test that R independent estimates are equal, NaN for fewer than two."""
    from scipy.special import fdtrc

    q = len(estimates) - 1
    df = sum(one.n_clusters for one in estimates) - len(estimates)
    beta = np.array([one.estimate for one in estimates])
    se = np.array([one.se for one in estimates])
    if q == 0 or not (se > 0).all():
        return NOT_TESTED._replace(df=q, df_denominator=df)
    statistic = float(_spread(beta[:, None], se[:, None])[0]) / q
    return WaldTest(statistic, q, df, float(fdtrc(q, df, statistic)))


def redraw(panel: Panel, common: float, draws: int, seed: Sequence[int]) -> Redraws:
    """Return a group's redraws: of its own outcome, and of the outcome less the common effect."""
    did, controls = panel.arrays[1], panel.arrays[2 : 1 + panel.n_regressors]
    parts = _one_start(panel, did)
    if draws == 0 or parts is None:
        return Redraws()
    mark, late = parts
    rest = panel.with_regressors(panel.regressors[1:], controls)
    code = np.random.SeedSequence(list(seed)).generate_state(1, np.uint64)[0]
    assignments = Assignments(mark, draws, int(code))
    try:
        sets = treated_sets(rest, late)
    except ValueError as reason:  # nothing of the outcome is left to redraw the treatment on
        return Redraws(note=f"no permutation: {reason}")
    observed = Observed(*(float(value[0]) for value in sets(mark[None, :])))
    own = permute(sets, assignments, observed, 0)
    if not np.isfinite(common):
        return Redraws(own["p_t"], own["p_coefficient"], observed=observed)
    less = panel.with_regressors(panel.regressors[1:], controls)
    less.arrays[0] -= common * did
    try:
        imposed = permute(treated_sets(less, late), assignments, observed, draws)
    except ValueError as reason:
        note = f"no permutation with the common effect imposed: {reason}"
        return Redraws(own["p_t"], own["p_coefficient"], observed=observed, note=note)
    return Redraws(
        own["p_t"],
        own["p_coefficient"],
        imposed["coefficients"],
        imposed["t_statistics"],
        observed,
    )


def permuted_equality(redraws: Sequence[Redraws]) -> float:
    """Return the permutation p of equality: redraws of all groups, the common effect imposed.

    Observed and redrawn spreads both take errors clustered by unit, whatever the estimates'
    clusters: units are what is redrawn, and unlike errors cannot be compared. NaN for fewer than
    two groups, and where the observed spread or every redrawn one is undefined.
    """
    if len(redraws) < 2:
        return float("nan")
    beta, t = [], []
    for one in redraws:
        if one.coefficients is None or one.t_statistics is None:
            return float("nan")
        beta.append(np.append(one.observed.coefficient, one.coefficients))
        t.append(np.append(one.observed.t, one.t_statistics))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = _spread(np.array(beta), np.array(beta) / np.array(t))
    observed, drawn = spread[0], spread[1:]
    drawn = drawn[np.isfinite(drawn)]
    if not np.isfinite(observed) or not drawn.size:
        return float("nan")
    return float((1 + (drawn >= observed * (1 - TIE)).sum()) / (1 + drawn.size))


def _common(beta: np.ndarray, se: np.ndarray) -> np.ndarray:
    precision = 1 / se**2
    return (precision * beta).sum(axis=0) / precision.sum(axis=0)


def _spread(beta: np.ndarray, se: np.ndarray) -> np.ndarray:
    """Return sum over groups of ((beta - common) / se)^2, shape (draws,)."""
    return (((beta - _common(beta, se)) / se) ** 2).sum(axis=0)


def _one_start(panel: Panel, did: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Return treated units (N,) and post of each row (n,), None if did is no product of them."""
    mark = np.bincount(panel.unit, did != 0, panel.n_units) > 0
    late = (np.bincount(panel.time, did != 0, panel.n_times) > 0).astype(float)[panel.time]
    return (mark, late) if np.array_equal(did, mark[panel.unit] * late) else None
