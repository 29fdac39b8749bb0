"""Matches on a score: nearest neighbours, radius, kernel."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from oib_pipeline.estimation.columns import check_columns
from oib_pipeline.estimation.matched import Matching
from oib_pipeline.estimation.scores import complete, treated_mark

# Scores of identical units can differ in the last bits; distances this close are ties.
TIE = 1e-10
# Distances held at once, so that memory stays bounded for many units.
CELLS = 4_000_000

KERNELS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "epanechnikov": lambda u: np.maximum(1 - u**2, 0),
    "gaussian": lambda u: np.exp(-(u**2) / 2),
    "biweight": lambda u: np.maximum(1 - u**2, 0) ** 2,
    "tricube": lambda u: np.maximum(1 - np.abs(u) ** 3, 0) ** 3,
    "uniform": lambda u: (np.abs(u) < 1).astype(float),
}


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
    _check_options(method, neighbours, caliper, radius, bandwidth, kernel, radius_weights)
    check_columns(
        units, {treated: "treated"} | ({score: "score"} if isinstance(score, str) else {})
    )
    mark = treated_mark(units, treated)
    values = _score(units, score)
    support = on_support(values, mark, common_support)
    rows, columns = np.flatnonzero(mark & support), np.flatnonzero(~mark & support)
    need = neighbours if replace else neighbours * len(rows)
    if method == "nearest" and need > len(columns):
        raise ValueError(
            f"neighbours={neighbours}, replace={replace}: {need} untreated unit(s) are needed, "
            f"{len(columns)} are on the common support"
        )
    share = _chooser(method, neighbours, caliper, radius, bandwidth, kernel)
    weights = np.zeros(len(units))
    if method == "nearest" and not replace:
        _without_replacement(values, rows, columns, neighbours, caliper, weights)
    else:
        pairs = method == "radius" and radius_weights == "pairs"
        _with_replacement(values, rows, columns, share, pairs, weights)
    if not weights[rows].any():
        width = {"nearest": "caliper", "radius": "radius", "kernel": "bandwidth"}[method]
        raise ValueError(f"no treated unit has an untreated one within the {width}; widen it")
    return Matching(
        method=method,
        treated=pd.Series(mark, index=units.index, name="treated"),
        score=pd.Series(values, index=units.index, name="propensity_score"),
        weights=pd.Series(weights, index=units.index, name="weight"),
        on_support=pd.Series(support, index=units.index, name="on_support"),
        units=units,
    )


def on_support(score: np.ndarray, treated: np.ndarray, rule: bool | str) -> np.ndarray:
    """Return which units lie on the common support; see ``common_support`` of :func:`match`."""
    support = np.ones(len(score), dtype=bool)
    inner, outer = score[treated], score[~treated]
    if rule not in (True, False, "both"):
        raise ValueError(f"common_support must be True, False or 'both', not {rule!r}")
    if rule:
        support &= treated | ((score >= inner.min()) & (score <= inner.max()))
    if rule == "both":
        support &= ~treated | ((score >= outer.min()) & (score <= outer.max()))
    if not (support & treated).any() or not (support & ~treated).any():
        raise ValueError(
            f"no common support: scores of treated units run from {inner.min():.4g} to "
            f"{inner.max():.4g}, of untreated ones from {outer.min():.4g} to {outer.max():.4g}"
        )
    return support


def _check_options(
    method: str,
    neighbours: int,
    caliper: float | None,
    radius: float | None,
    bandwidth: float,
    kernel: str,
    radius_weights: str,
) -> None:
    if method not in ("nearest", "radius", "kernel"):
        raise ValueError(f"method must be 'nearest', 'radius' or 'kernel', not {method!r}")
    if kernel not in KERNELS:
        raise ValueError(f"kernel must be one of {', '.join(KERNELS)}, not {kernel!r}")
    if radius_weights not in ("unit", "pairs"):
        raise ValueError(f"radius_weights must be 'unit' or 'pairs', not {radius_weights!r}")
    if isinstance(neighbours, bool) or neighbours != int(neighbours) or neighbours < 1:
        raise ValueError(f"neighbours must be a positive whole number, not {neighbours!r}")
    if method == "radius" and radius is None:
        raise ValueError("method 'radius' needs a radius")
    for name, width in (("caliper", caliper), ("radius", radius), ("bandwidth", bandwidth)):
        if width is not None and not 0 < width < np.inf:
            raise ValueError(f"{name} must be positive and finite, not {width!r}")


def _score(units: pd.DataFrame, score: str | pd.Series) -> np.ndarray:
    if isinstance(score, str):
        return complete(units, score, "score")
    if not score.index.equals(units.index):
        raise ValueError("score must have the index of units")
    return complete(score.to_frame("score"), "score", "score")


def _chooser(
    method: str,
    neighbours: int,
    caliper: float | None,
    radius: float | None,
    bandwidth: float,
    kernel: str,
) -> Callable[[np.ndarray], np.ndarray]:
    """Return the function from distances (treated, untreated) to raw shares."""
    if method == "kernel":
        return lambda distance: KERNELS[kernel](distance / bandwidth)
    if method == "radius":
        return lambda distance: (distance <= radius).astype(float)

    def nearest(distance: np.ndarray) -> np.ndarray:
        last = np.partition(distance, neighbours - 1, axis=1)[:, neighbours - 1 : neighbours]
        chosen = distance <= last + TIE
        if caliper is not None:
            chosen &= distance <= caliper
        return chosen.astype(float)

    return nearest


def _with_replacement(
    score: np.ndarray,
    rows: np.ndarray,
    columns: np.ndarray,
    share: Callable[[np.ndarray], np.ndarray],
    pairs: bool,
    weights: np.ndarray,
) -> None:
    """Fill the weights of treated ``rows`` and untreated ``columns``."""
    step = max(1, CELLS // len(columns))
    for start in range(0, len(rows), step):
        some = rows[start : start + step]
        raw = share(np.abs(score[some][:, None] - score[columns]))
        total = raw.sum(axis=1)
        matched = total > 0
        weights[some[matched]] = 1.0
        own = np.ones(matched.sum()) if pairs else 1 / total[matched]
        weights[columns] += own @ raw[matched]
    if pairs and weights[columns].any():
        weights[columns] *= weights[rows].sum() / weights[columns].sum()


def _without_replacement(
    score: np.ndarray,
    rows: np.ndarray,
    columns: np.ndarray,
    neighbours: int,
    caliper: float | None,
    weights: np.ndarray,
) -> None:
    free = np.ones(len(columns), dtype=bool)
    for row in rows[np.argsort(-score[rows], kind="stable")]:
        distance = np.where(free, np.abs(score[columns] - score[row]), np.inf)
        chosen = np.argsort(distance, kind="stable")[:neighbours]
        chosen = chosen[distance[chosen] <= (np.inf if caliper is None else caliper)]
        chosen = chosen[free[chosen]]
        if chosen.size:
            weights[row] = 1.0
            weights[columns[chosen]] = 1 / chosen.size
            free[chosen] = False
