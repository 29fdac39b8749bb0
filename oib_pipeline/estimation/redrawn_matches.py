"""Matches of many redrawn treated sets, each made once however many estimates share it."""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from oib_pipeline.estimation.neighbours import Rule, match_weights
from oib_pipeline.estimation.redrawn_scores import redrawn_scores
from oib_pipeline.estimation.sliced_matches import sliced_weights, supported

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
