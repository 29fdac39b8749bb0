"""Matches units on a score: nearest neighbours, radius, kernel."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.estimation.columns import check_columns
from oib_pipeline.estimation.matched import Matching
from oib_pipeline.estimation.neighbours import Rule, match_weights
from oib_pipeline.estimation.scores import complete, treated_mark


def match(
    units: pd.DataFrame,
    *,
    treated: str,
    score: str | pd.Series,
    method: str,
    neighbours: int = 1,
    caliper: float | None = None,
    radius: float | None = None,
    bandwidth: float = 0.06,
    kernel: str = "epanechnikov",
    replace: bool = True,
    common_support: bool | str = True,
    radius_weights: str = "unit",
) -> Matching:
    """Return untreated matches of every treated unit, as weights.

    Parameters
    ----------
    units : pandas.DataFrame
        One row a unit. Not changed.
    treated : str
        0/1 column.
    score : str or pandas.Series
        A column, or a series on the index of ``units``, such as :func:`propensity_scores` gives.
    method : {"nearest", "radius", "kernel"}
        ``nearest``: the ``neighbours`` closest; all that tie with the last of them join, and all
        share alike. ``radius``: all within ``radius``, each treated unit taking its own matched
        mean. ``kernel``: all, by K(distance / ``bandwidth``).
    neighbours : int
        Matches a treated unit takes.
    caliper : float, optional
        For ``nearest``, the largest distance allowed; a treated unit without a match drops out.
    radius : float, optional
        Required by ``radius``.
    bandwidth, kernel
        For ``kernel``; one of epanechnikov, gaussian, biweight, tricube, uniform.
    replace : bool
        Whether an untreated unit may serve several times. Without, treated units choose in order
        of falling score, ties by order of rows.
    common_support : bool or "both"
        True leaves out untreated units whose score lies outside the treated units' range, as
        published estimates of Becker and Ichino (2002) do; ``both`` also leaves out treated units
        outside the untreated units' range.
    radius_weights : {"unit", "pairs"}
        ``pairs`` weights an untreated unit by the pairs it is in over all pairs, what Stata's
        ``attr`` computes and nothing else means.

    Returns
    -------
    Matching

    Raises
    ------
    ValueError
        Naming the cause: an unknown method or kernel, a width that is not positive, no treated or
        untreated unit, no common support, fewer untreated units than neighbours, no match at all.
    """
    rule = Rule(
        method=method,
        neighbours=neighbours,
        caliper=caliper,
        radius=radius,
        bandwidth=bandwidth,
        kernel=kernel,
        replace=replace,
        common_support=common_support,
        radius_weights=radius_weights,
    )
    check_columns(
        units, {treated: "treated"} | ({score: "score"} if isinstance(score, str) else {})
    )
    mark = treated_mark(units, treated)
    values = _score(units, score)
    weights, support = match_weights(values, mark, rule)
    return Matching(
        method=method,
        treated=pd.Series(mark, index=units.index, name="treated"),
        score=pd.Series(values, index=units.index, name="propensity_score"),
        weights=pd.Series(weights, index=units.index, name="weight"),
        on_support=pd.Series(support, index=units.index, name="on_support"),
        units=units,
    )


def _score(units: pd.DataFrame, score: str | pd.Series) -> np.ndarray:
    if isinstance(score, str):
        return complete(units, score, "score")
    if not score.index.equals(units.index):
        raise ValueError("score must have the index of units")
    return complete(score.to_frame("score"), "score", "score")
