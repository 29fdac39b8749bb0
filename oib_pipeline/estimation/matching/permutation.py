"""Permutation p-values of matched estimates; the matched panel."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from oib_pipeline.estimation.data.columns import check_columns, numbers
from oib_pipeline.estimation.data.panel import Panel, check_sample, complete_rows
from oib_pipeline.estimation.data.treatment import Assignments
from oib_pipeline.estimation.inference.permutation import Observed, permute
from oib_pipeline.estimation.matching.matching import TIE, Rule, match_weights
from oib_pipeline.estimation.matching.permutation_engine import MatchFits, few_enough_products
from oib_pipeline.estimation.matching.propensity import redrawn_scores, standardised
from oib_pipeline.estimation.regression.fit import fit_closed_form


def candidates(
    data: pd.DataFrame,
    panel: Panel,
    treated: str,
    post: str,
    covariates: tuple[str, ...],
    matched_on: str,
) -> tuple[pd.DataFrame, int]:
    """Return what is matched, and how many units (or rows) lack a covariate.

    One row a unit with its mean covariates before the policy on an index of unit codes, or one
    row a unit and time on an index of row numbers of the panel.
    """
    check_columns(data, dict.fromkeys(covariates, "covariate"))
    columns = {name: numbers(data, name, "covariate") for name in covariates}
    keys = pd.MultiIndex.from_arrays([data[panel.unit_name], data[panel.time_name]])
    order = keys.get_indexer(
        pd.MultiIndex.from_arrays([panel.units[panel.unit], panel.times[panel.time]])
    )
    rows = pd.DataFrame({name: values[order] for name, values in columns.items()})
    if matched_on == "unit-time":
        pool = rows
        pool[treated] = panel.column(treated)
    else:
        before = panel.column(post) == 0
        pool = rows[before].groupby(panel.unit[before]).mean().reindex(range(panel.n_units))
        mark = np.zeros(panel.n_units)
        mark[panel.unit] = panel.column(treated)
        pool[treated] = mark
    complete = pool.notna().all(axis=1)
    return pool[complete], int((~complete).sum())


def row_weights(panel: Panel, index: pd.Index, weights: np.ndarray, matched_on: str) -> np.ndarray:
    """Return the weight of each row of the panel (..., n) of weights of what is matched (..., m).

    Zero where unmatched.
    """
    size = panel.n_units if matched_on == "unit" else panel.n_obs
    full = np.zeros((*weights.shape[:-1], size))
    full[..., index.to_numpy()] = weights
    return full[..., panel.unit] if matched_on == "unit" else full


def weighted_panel(panel: Panel, weights: np.ndarray) -> Panel:
    """Return the panel of rows with a positive weight."""
    n_missing = panel.n_missing
    used = complete_rows(replace(panel, weights=weights))
    return check_sample(replace(used, n_missing=n_missing))


# Treated units of like score that are compared with one slice of untreated ones.
BLOCK = 16
# A slice reaches this much beyond what may match, so that rounding decides no match.
MARGIN = 1e-9


def sliced_weights(score: np.ndarray, treated: np.ndarray, rule: Rule) -> np.ndarray:
    """Return the weights that :func:`match_weights` gives, with replacement; all zero if none.

    Units are sorted by score; a few treated ones at a time are compared with the slice of
    untreated ones that lies within their reach.

    Parameters
    ----------
    score : numpy.ndarray
        Shape (n,).
    treated : numpy.ndarray
        Booleans, shape (n,).
    rule : Rule
    """
    weights = np.zeros(len(score))
    own, other = (np.flatnonzero(group) for group in supported(score, treated, rule))
    if not len(other) or (rule.method == "nearest" and len(other) < rule.neighbours):
        return weights
    rows = own[np.argsort(score[own], kind="stable")]
    columns = other[np.argsort(score[other], kind="stable")]
    there, wanted = score[columns], score[rows]
    reach = _reach(wanted, there, rule) + MARGIN
    for start in range(0, len(rows), BLOCK):
        some = slice(start, start + BLOCK)
        low = np.searchsorted(there, (wanted[some] - reach[some]).min(), "left")
        high = np.searchsorted(there, (wanted[some] + reach[some]).max(), "right")
        raw = rule.shares(np.abs(wanted[some][:, None] - there[low:high])) if high > low else None
        if raw is None:
            continue
        total = raw.sum(axis=1)
        matched = total > 0
        weights[rows[some][matched]] = 1.0
        weights[columns[low:high]] += (
            np.divide(1.0, total, out=np.zeros_like(total), where=matched) @ raw
        )
    return weights


def _reach(wanted: np.ndarray, there: np.ndarray, rule: Rule) -> np.ndarray:
    """Return how far a match of each treated unit may lie, given sorted untreated scores."""
    if rule.method == "radius":
        return np.full(len(wanted), rule.radius)
    if rule.method == "kernel":
        return np.full(len(wanted), np.inf if rule.kernel == "gaussian" else rule.bandwidth)
    place = np.searchsorted(there, wanted)
    near = place[:, None] + np.arange(-rule.neighbours, rule.neighbours)
    inside = (near >= 0) & (near < len(there))
    distance = np.abs(there[np.clip(near, 0, len(there) - 1)] - wanted[:, None])
    distance[~inside] = np.inf
    return np.sort(distance, axis=1)[:, rule.neighbours - 1] + TIE


def supported(score: np.ndarray, treated: np.ndarray, rule: Rule) -> tuple[np.ndarray, np.ndarray]:
    """Return which treated and which untreated units are on the support, both (..., n).

    As :func:`on_support`, but without a refusal where there are none.
    """
    own, other = treated, ~treated
    if rule.common_support:
        other = other & _within(score, treated)
    if rule.common_support == "both":
        own = own & _within(score, ~treated)
    return own, other


def _within(score: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return whose score lies within the range of a group of units, shape (..., n)."""
    low = np.where(group, score, np.inf).min(axis=-1, keepdims=True)
    high = np.where(group, score, -np.inf).max(axis=-1, keepdims=True)
    return (score >= low) & (score <= high)


# Distances held at once: those of a few draws, so that they stay in cache. A draw with more is
# matched by itself.
CELLS = 60_000


class RedrawnMatches:
    """Scores and match weights of redrawn treated sets, kept for the next that asks for the same.

    Outcomes on one sample, and ways of matching, have scores in common; outcomes matches too.
    """

    def __init__(self) -> None:
        self._scores: dict[tuple[bytes, bytes], np.ndarray] = {}
        self._weights: dict[tuple[bytes, bytes, Rule], np.ndarray] = {}

    def __call__(self, design: np.ndarray, treated: np.ndarray, rule: Rule) -> np.ndarray:
        """Return match weights (c, n) of treated sets (c, n) on a design (n, 1 + k).

        A row is zero where a set has no score or no match.
        """
        key = (design.tobytes(), treated.tobytes())
        if key not in self._scores:
            self._scores[key] = redrawn_scores(design, treated)
        if (*key, rule) not in self._weights:
            self._weights[*key, rule] = redrawn_weights(self._scores[key], treated, rule)
        return self._weights[*key, rule]


def redrawn_weights(scores: np.ndarray, treated: np.ndarray, rule: Rule) -> np.ndarray:
    """Return what :func:`match_weights` gives for each of c sets, shape (c, n), zero where none.

    Parameters
    ----------
    scores : numpy.ndarray
        Shape (c, n), NaN in rows without a score.
    treated : numpy.ndarray
        Booleans, shape (c, n).
    rule : Rule
    """
    weights = np.zeros(scores.shape)
    scored = np.flatnonzero(~np.isnan(scores).any(axis=1))
    if (rule.method == "nearest" and not rule.replace) or rule.radius_weights == "pairs":
        for row in scored:
            with suppress(ValueError):  # no match
                weights[row] = match_weights(scores[row], treated[row], rule)[0]
        return weights
    most = int(treated.sum(axis=1).max(initial=0))
    if most * scores.shape[1] > CELLS:
        for row in scored:
            weights[row] = sliced_weights(scores[row], treated[row], rule)
        return weights
    step = max(1, CELLS // max(1, most * scores.shape[1]))
    for start in range(0, len(scored), step):
        some = scored[start : start + step]
        weights[some] = _with_replacement(scores[some], treated[some], most, rule)
    return weights


def _with_replacement(score: np.ndarray, treated: np.ndarray, most: int, rule: Rule) -> np.ndarray:
    """Return weights (c, n), with ``most`` treated units in the set that has most of them."""
    own, other = supported(score, treated, rule)
    rows = np.argsort(~own, axis=1, kind="stable")[:, :most]
    there = np.take_along_axis(own, rows, axis=1)
    distance = np.abs(np.take_along_axis(score, rows, axis=1)[:, :, None] - score[:, None, :])
    np.putmask(distance, np.broadcast_to(~other[:, None, :], distance.shape), np.inf)
    raw = rule.shares(distance)
    if rule.method == "nearest":
        there &= (other.sum(axis=1) >= rule.neighbours)[:, None]
    total = raw.sum(axis=2)
    matched = there & (total > 0)
    share = np.divide(1.0, total, out=np.zeros_like(total), where=matched)
    weights = (share[:, None, :] @ raw)[:, 0]
    np.put_along_axis(
        weights, rows, np.where(there, matched, np.take_along_axis(weights, rows, 1)), 1
    )
    return weights


class MatchedSets:
    """Coefficient and t of treated sets, each matched anew; NaN where a set has no match."""

    def __init__(
        self,
        panel: Panel,
        post: np.ndarray,
        pool: pd.DataFrame,
        covariates: Sequence[str],
        matched_on: str,
        matching: dict[str, Any],
        matches: RedrawnMatches | None = None,
    ) -> None:
        self._panel, self._post = panel, post
        self._design = standardised(pool, covariates)
        self._matched_on, self._rule = matched_on, Rule(**matching)
        self._matches = matches or RedrawnMatches()
        self._index = pool.index
        rows = pool.index.to_numpy()
        self._unit_of_pool = rows if matched_on == "unit" else panel.unit[rows]
        self.cells_per_unit = 1 + len(pool) // panel.n_units
        together = (
            panel.cluster is panel.unit and panel.weights is None and few_enough_products(panel)
        )
        self._fits = MatchFits(panel, post) if together else None

    def __call__(self, treated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return coefficients and t-statistics of treated sets (c, N), undefined ones NaN."""
        matched = self._matches(self._design, treated[:, self._unit_of_pool], self._rule)
        weights = row_weights(self._panel, self._index, matched, self._matched_on)
        found = np.full((2, len(treated)), np.nan)
        there = np.flatnonzero(matched.any(axis=1))
        if self._fits is not None:
            found[:, there] = self._fits(treated[there], weights[there])
        for row in there[np.isnan(found[:, there]).any(axis=0)]:
            found[:, row] = self._one(treated[row], weights[row])
        return found[0], found[1]

    def _one(self, treated: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
        arrays = self._panel.arrays.copy()
        arrays[1] = treated[self._panel.unit] * self._post
        try:
            fitted = fit_closed_form(weighted_panel(replace(self._panel, arrays=arrays), weights))
            return float(fitted.coefficients[0]), float(
                fitted.coefficients[0] / np.sqrt(fitted.covariance[0, 0])
            )
        except ValueError:  # a matched sample too thin for the model
            return np.nan, np.nan


def permute_matched(
    panel: Panel,
    treatment: tuple[np.ndarray, np.ndarray],
    pool: tuple[pd.DataFrame, Sequence[str], str],
    matching: dict[str, Any],
    assignments: Assignments,
    matches: RedrawnMatches | None = None,
) -> dict[str, Any]:
    """Return p_t, p_coefficient and n_undefined of a matched estimate.

    Parameters
    ----------
    panel : Panel
        With regressors did, then the controls.
    treatment : tuple
        Which units are treated (N,), and post of each row (n,).
    pool : tuple
        What is matched, its covariates, and whether by unit or unit-time.
    matching : dict
        Options of :func:`match`.
    assignments : Assignments
        The redraws.
    matches : RedrawnMatches, optional
        Scores and matches that other estimates have in common with this one.
    """
    mark, post = treatment
    sets = MatchedSets(panel, post, *pool, matching, matches)
    observed = Observed(*(float(value[0]) for value in sets(mark[None, :])))
    result = permute(sets, assignments, observed, 0)
    return {key: result[key] for key in ("p_t", "p_coefficient", "n_undefined")}
