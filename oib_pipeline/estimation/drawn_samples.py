"""Weighted samples of many draws: what is known of each, their rows, their time effects."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

# Time effects, in the metric of their own number of rows, are connected well above rounding.
CONNECTED = 1e-7


@dataclass(frozen=True, eq=False)
class Drawn:
    """c draws on a panel of N units and T times, v = outcome, treatment and controls.

    ``treated`` (c, N), ``weights`` (c, N, T), zero off the sample; ``shares`` (c, N) 1 over a
    unit's weight; ``left`` (c, v, v) the weighted products of columns without effects, ``before``
    (c, v) their squares without unit effects only; ``effects`` (c, T, v) the time effects of
    each column and ``inverse`` (c, T, T) what gives them; ``length`` (c,) the weighted square of
    the outcome as it came; ``counts`` (c, 3) rows, units and times.
    """

    treated: np.ndarray
    weights: np.ndarray
    shares: np.ndarray
    left: np.ndarray
    before: np.ndarray
    effects: np.ndarray
    inverse: np.ndarray
    length: np.ndarray
    counts: np.ndarray
    connected: np.ndarray
    lightest: np.ndarray
    heaviest: np.ndarray

    def only(self, which: np.ndarray) -> Drawn:
        """Return some of the draws."""
        if which.all():
            return self
        return Drawn(**{one.name: getattr(self, one.name)[which] for one in fields(self)})


def without_singletons(there: np.ndarray) -> np.ndarray:
    """Return which cells (c, N, T) have another of their unit and another of their time."""
    while True:
        unit_rows, time_rows = there.sum(axis=2), there.sum(axis=1)
        lone = there & ((unit_rows == 1)[:, :, None] | (time_rows == 1)[:, None, :])
        if not lone.any():
            return there
        there = there & ~lone


def connected_inverse(times: np.ndarray, present: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return inverses (c, T, T) of the time effects' products, and which are all connected.

    Products without unit effects do not tell a constant from none: adding its square changes no
    residual, and neither does a one for a time that is absent.
    """
    n_times = present.shape[1]
    size = np.einsum("ctt->ct", times)
    scale = np.sqrt(np.where(size > 0, size, 1.0))
    constant = present * scale
    length = np.square(constant).sum(axis=1)
    length[length == 0] = 1.0
    filled = times / (scale[:, :, None] * scale[:, None, :])
    filled = filled + constant[:, :, None] * constant[:, None, :] / length[:, None, None]
    filled[:, np.arange(n_times), np.arange(n_times)] += ~present
    values, vectors = np.linalg.eigh(filled)
    connected = values[:, 0] > CONNECTED
    values = np.where(connected[:, None], values, 1.0)
    inverse = (vectors / values[:, None, :]) @ vectors.transpose(0, 2, 1)
    return inverse / (scale[:, :, None] * scale[:, None, :]), connected
