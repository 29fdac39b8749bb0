"""Matches of many units: distances only between those whose scores are near enough to matter."""

from __future__ import annotations

import numpy as np

from oib_pipeline.estimation.neighbours import TIE, Rule

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
