"""Sector and employment shares that give exactly a wanted AIS and Theil index."""

from __future__ import annotations

import numpy as np

from oib_pipeline.sample.process import Array

STEPS = 60  # halvings: past the precision of a double


def ais(shares: Array) -> Array:
    """Upgrading index y1 + 2 y2 + 3 y3 of shares (..., 3)."""
    return shares @ np.array([1.0, 2.0, 3.0])


def theil(shares: Array, employment: Array) -> Array:
    """Mismatch sum of y ln(y / l) over the last axis, for positive shares (..., 3)."""
    return np.sum(shares * np.log(shares / employment), axis=-1)


def shares_for(wanted_ais: Array, primary: Array) -> Array:
    """Output shares (..., 3) with this AIS and this primary share.

    From y1 + y2 + y3 = 1: y3 = AIS - 2 + y1 and y2 = 3 - AIS - 2 y1.

    Raises
    ------
    ValueError
        Where no positive shares give it.
    """
    shares = np.stack([primary, 3 - wanted_ais - 2 * primary, wanted_ais - 2 + primary], axis=-1)
    if not (shares > 0).all():
        raise ValueError("no positive sector shares give this AIS: lower the primary share")
    return shares


def employment_for(wanted_theil: Array, shares: Array, toward: Array) -> Array:
    """Employment shares (..., 3) with this Theil index, between ``shares`` and ``toward``.

    Along l(s) = (1 - s) y + s d the index is convex, zero at s = 0 and rising, so one root
    lies in (0, 1) whenever the index at d exceeds the wanted one; found by bisection.

    Raises
    ------
    ValueError
        Where the wanted index is negative or beyond the one at ``toward``.
    """
    if not ((wanted_theil >= 0) & (theil(shares, toward) > wanted_theil)).all():
        raise ValueError("a Theil index must lie between zero and the one at the far end")
    low, high = np.zeros(wanted_theil.shape), np.ones(wanted_theil.shape)
    for _ in range(STEPS):
        middle = (low + high) / 2
        under = theil(shares, _between(shares, toward, middle)) < wanted_theil
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return _between(shares, toward, (low + high) / 2)


def _between(start: Array, end: Array, step: Array) -> Array:
    return start + step[..., None] * (end - start)
