"""Permutation p-values of many draws, in memory of those kept."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from oib_pipeline.estimation.assignment import Assignments
from oib_pipeline.estimation.permutation import TreatedSets

# A draw this close to the observed statistic counts as equal: a redrawn true assignment must
# count, whatever the rounding.
TIE = 1e-10


class Observed(NamedTuple):
    """The statistics of the true assignment."""

    coefficient: float
    t: float


def permute(sets: TreatedSets, assignments: Assignments, observed: Observed, keep: int) -> dict:
    """Return kept statistics, counts and p-values of the draws, in memory of the kept ones.

    A p-value is NaN where the observed statistic or every draw is undefined.
    """
    kept = np.empty((2, keep))
    bar = np.abs(observed)[:, None] * (1 - TIE)
    exceed, defined, done = np.zeros(2, dtype=int), np.zeros(2, dtype=int), 0
    for chunk in assignments.chunks(sets.cells_per_unit):
        drawn = np.array(sets(chunk))
        exceed += (np.abs(drawn) >= bar).sum(axis=1)
        defined += np.isfinite(drawn).sum(axis=1)
        if done < keep:
            kept[:, done : done + len(chunk)] = drawn[:, : keep - done]
        done += len(chunk)
    known = np.isfinite(observed) & (defined > 0)
    p = np.where(known, (1 + exceed) / (1 + defined), np.nan)
    return {
        "coefficients": kept[0],
        "t_statistics": kept[1],
        "p_coefficient": float(p[0]),
        "p_t": float(p[1]),
        "n_undefined": int(done - defined[1]),
    }
