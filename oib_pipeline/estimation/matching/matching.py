"""Nearest neighbour, radius, kernel; caliper; balance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from oib_pipeline.estimation.data.columns import check_columns, column_names
from oib_pipeline.estimation.matching.propensity import complete_units, treatment_indicator


@dataclass(frozen=True, eq=False)
class Matching:
    """Weights that make untreated units stand in for treated ones.

    ``weights`` is 1 for a matched treated unit, for an untreated one the sum of its shares in the
    treated units' matches, and 0 for units without a match; ``treated`` (bool), ``score`` and
    ``on_support`` (bool) are on the same index.
    """

    method: str
    treated: pd.Series = field(repr=False)
    score: pd.Series = field(repr=False)
    weights: pd.Series = field(repr=False)
    on_support: pd.Series = field(repr=False)
    units: pd.DataFrame = field(repr=False)

    @property
    def n_treated(self) -> int:
        """Matched treated units."""
        return int((self.treated & (self.weights > 0)).sum())

    @property
    def n_controls(self) -> int:
        """Untreated units that serve as a match."""
        return int((~self.treated & (self.weights > 0)).sum())

    @property
    def n_unmatched(self) -> int:
        """Treated units without a match, which the effect leaves out."""
        return int((self.treated & (self.weights == 0)).sum())

    def labelled(self, index: pd.Index) -> Matching:
        """Return the same match with other labels of its units."""
        names = ("treated", "score", "weights", "on_support", "units")
        return replace(self, **{name: getattr(self, name).set_axis(index) for name in names})

    def att(self, outcome: pd.Series | str) -> float:
        """Return the effect on the matched treated: their mean less their matches' weighted mean.

        Parameters
        ----------
        outcome : pandas.Series or str
            On the index of the units, or a column of theirs.
        """
        values = self._series(outcome)
        used = self.weights > 0
        if values[used].isna().any():
            raise ValueError(f"outcome {values.name!r} has a missing value for a matched unit")
        return self._mean(values, self.treated) - self._mean(values, ~self.treated)

    def balance(self, covariates: pd.DataFrame | Sequence[str]) -> pd.DataFrame:
        """Return how alike treated and untreated units are before and after matching.

        The standardised difference is the difference of means over sqrt((s_T^2 + s_C^2) / 2), the
        variances those before matching both times, so that only the means can improve it
        (Rosenbaum and Rubin 1985); NaN where both are constant.

        Parameters
        ----------
        covariates : pandas.DataFrame or sequence of str
            Columns on the index of the units, or names of theirs.

        Returns
        -------
        pandas.DataFrame
            covariate, and before and after matching (suffixes ``_before``, ``_after``):
            mean_treated, mean_control, std_diff, variance_ratio.
        """
        if isinstance(covariates, pd.DataFrame):
            table = covariates
        else:
            names = column_names(covariates, "covariates")
            check_columns(self.units, dict.fromkeys(names, "covariate"))
            table = self.units[list(names)]
        if not table.index.equals(self.weights.index):
            raise ValueError("covariates must have the index of the matched units")
        return pd.DataFrame([self._balance_row(table, str(name)) for name in table.columns])

    def _balance_row(self, table: pd.DataFrame, name: str) -> dict[str, object]:
        values = complete_units(table, name, "covariate")
        mark, weight = self.treated.to_numpy(), self.weights.to_numpy()
        row: dict[str, object] = {"covariate": name}
        scale = np.sqrt((values[mark].var(ddof=1) + values[~mark].var(ddof=1)) / 2)
        for stage, used in (("before", np.ones(len(values))), ("after", weight)):
            treated_mean, treated_variance = _moments(values[mark], used[mark])
            control_mean, control_variance = _moments(values[~mark], used[~mark])
            row[f"mean_treated_{stage}"] = treated_mean
            row[f"mean_control_{stage}"] = control_mean
            row[f"std_diff_{stage}"] = (
                (treated_mean - control_mean) / scale if scale > 0 else np.nan
            )
            row[f"variance_ratio_{stage}"] = (
                treated_variance / control_variance if control_variance > 0 else np.nan
            )
        return row

    def _series(self, outcome: pd.Series | str) -> pd.Series:
        if isinstance(outcome, str):
            check_columns(self.units, {outcome: "outcome"})
            return self.units[outcome].astype(float)
        if not outcome.index.equals(self.weights.index):
            raise ValueError("outcome must have the index of the matched units")
        return outcome.astype(float)

    def _mean(self, values: pd.Series, group: pd.Series) -> float:
        used = group & (self.weights > 0)
        return float(np.average(values[used], weights=self.weights[used]))


def _moments(values: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Return weighted mean and variance, the latter with the effective number of units."""
    total = weights.sum()
    mean = float(weights @ values / total)
    left = total - weights @ weights / total
    variance = float(weights @ (values - mean) ** 2 / left) if left > 1e-12 else np.nan
    return mean, variance


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


@dataclass(frozen=True)
class Rule:
    """How untreated units are chosen; the options of :func:`match`, checked."""

    method: str
    neighbours: int = 1
    caliper: float | None = None
    radius: float | None = None
    bandwidth: float = 0.06
    kernel: str = "epanechnikov"
    replace: bool = True
    common_support: bool | str = True
    radius_weights: str = "unit"

    def __post_init__(self) -> None:
        if self.method not in ("nearest", "radius", "kernel"):
            raise ValueError(f"method must be 'nearest', 'radius' or 'kernel', not {self.method!r}")
        if self.kernel not in KERNELS:
            raise ValueError(f"kernel must be one of {', '.join(KERNELS)}, not {self.kernel!r}")
        if self.radius_weights not in ("unit", "pairs"):
            raise ValueError(
                f"radius_weights must be 'unit' or 'pairs', not {self.radius_weights!r}"
            )
        if self.common_support not in (True, False, "both"):
            raise ValueError(
                f"common_support must be True, False or 'both', not {self.common_support!r}"
            )
        count = self.neighbours
        if isinstance(count, bool) or count != int(count) or count < 1:
            raise ValueError(f"neighbours must be a positive whole number, not {count!r}")
        if self.method == "radius" and self.radius is None:
            raise ValueError("method 'radius' needs a radius")
        for name in ("caliper", "radius", "bandwidth"):
            width = getattr(self, name)
            if width is not None and not 0 < width < np.inf:
                raise ValueError(f"{name} must be positive and finite, not {width!r}")

    def shares(self, distance: np.ndarray) -> np.ndarray:
        """Return raw shares of untreated units from distances (..., treated, untreated)."""
        if self.method == "kernel":
            return KERNELS[self.kernel](distance / self.bandwidth)
        if self.method == "radius":
            return (distance <= self.radius).astype(float)
        if self.neighbours == 1:
            last = distance.min(axis=-1, keepdims=True)
        else:
            place = self.neighbours - 1
            last = np.partition(distance, place, axis=-1)[..., place : place + 1]
        chosen = distance <= last + TIE
        if self.caliper is not None:
            chosen &= distance <= self.caliper
        return chosen.astype(float)


def on_support(score: np.ndarray, treated: np.ndarray, rule: bool | str) -> np.ndarray:
    """Return which units lie on the common support; see ``common_support`` of :func:`match`."""
    support = np.ones(len(score), dtype=bool)
    inner, outer = score[treated], score[~treated]
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


def match_weights(
    score: np.ndarray, treated: np.ndarray, rule: Rule
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights of all units and which are on the support, both of shape (n,)."""
    support = on_support(score, treated, rule.common_support)
    rows, columns = np.flatnonzero(treated & support), np.flatnonzero(~treated & support)
    need = rule.neighbours if rule.replace else rule.neighbours * len(rows)
    if rule.method == "nearest" and need > len(columns):
        raise ValueError(
            f"neighbours={rule.neighbours}, replace={rule.replace}: {need} untreated unit(s) are "
            f"needed, {len(columns)} are on the common support"
        )
    weights = np.zeros(len(score))
    if rule.method == "nearest" and not rule.replace:
        _without_replacement(score, rows, columns, rule, weights)
    else:
        _with_replacement(score, rows, columns, rule, weights)
    if not weights[rows].any():
        width = {"nearest": "caliper", "radius": "radius", "kernel": "bandwidth"}[rule.method]
        raise ValueError(f"no treated unit has an untreated one within the {width}; widen it")
    return weights, support


def _with_replacement(
    score: np.ndarray, rows: np.ndarray, columns: np.ndarray, rule: Rule, weights: np.ndarray
) -> None:
    """Fill the weights of treated ``rows`` and untreated ``columns``."""
    pairs = rule.method == "radius" and rule.radius_weights == "pairs"
    step = max(1, CELLS // len(columns))
    for start in range(0, len(rows), step):
        some = rows[start : start + step]
        raw = rule.shares(np.abs(score[some][:, None] - score[columns]))
        total = raw.sum(axis=1)
        matched = total > 0
        weights[some[matched]] = 1.0
        own = matched.astype(float)
        if not pairs:
            own[matched] /= total[matched]
        weights[columns] += own @ raw
    if pairs and weights[columns].any():
        weights[columns] *= weights[rows].sum() / weights[columns].sum()


def _without_replacement(
    score: np.ndarray, rows: np.ndarray, columns: np.ndarray, rule: Rule, weights: np.ndarray
) -> None:
    """Fill the weights, treated ``rows`` choosing in order of falling score."""
    caliper = np.inf if rule.caliper is None else rule.caliper
    free = np.ones(len(columns), dtype=bool)
    for row in rows[np.argsort(-score[rows], kind="stable")]:
        distance = np.where(free, np.abs(score[columns] - score[row]), np.inf)
        chosen = np.argsort(distance, kind="stable")[: rule.neighbours]
        chosen = chosen[free[chosen] & (distance[chosen] <= caliper)]
        if chosen.size:
            weights[row] = 1.0
            weights[columns[chosen]] = 1 / chosen.size
            free[chosen] = False


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
    mark = treatment_indicator(units, treated)
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
        return complete_units(units, score, "score")
    if not score.index.equals(units.index):
        raise ValueError("score must have the index of units")
    return complete_units(score.to_frame("score"), "score", "score")
