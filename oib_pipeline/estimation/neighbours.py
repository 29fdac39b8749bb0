"""The arithmetic of matching: scores in, weights out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

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
