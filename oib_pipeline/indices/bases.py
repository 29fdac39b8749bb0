"""Sector shares of a city-year and what they were taken from, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from oib_pipeline.contract.variables import bundles
from oib_pipeline.indices.structure import SUM_TOLERANCE, shares


@dataclass(frozen=True)
class Shares:
    """Shares (n, 3), the bundle each row was taken from (None where none), and why not."""

    parts: NDArray[np.float64]
    basis: pd.Series
    reason: pd.Series


def sector_shares(city_year: pd.DataFrame, levels: str, printed: str, what: str) -> Shares:
    """Shares from the three levels where all are there, else from the three printed shares.

    Parameters
    ----------
    city_year
        Rows of ``core_city_year``.
    levels, printed
        Bundles of the contract: ``value_added`` and ``output_shares``, or ``employment`` and
        ``employment_shares``.
    what
        The word for it in a reason: "output" or "employment".
    """
    members = bundles()
    level = city_year[list(members[levels])].to_numpy("float64")
    percent = city_year[list(members[printed])].to_numpy("float64")
    from_levels = ~np.isnan(level).any(axis=1)
    from_printed = ~from_levels & ~np.isnan(percent).any(axis=1)
    off = from_printed & (np.abs(percent.sum(axis=1) / 100 - 1) > SUM_TOLERANCE)
    figures = np.where(from_levels[:, None], level, percent)
    figures[off] = np.nan
    parts = shares(figures)
    basis = pd.Series(None, index=city_year.index, dtype="object")
    there = ~np.isnan(parts).any(axis=1)
    basis[from_levels & there], basis[from_printed & there] = levels, printed
    reason = pd.Series(None, index=city_year.index, dtype="object")
    reason[~there] = f"{what}: a negative figure, or all three are zero"
    reason[off] = f"{what}: printed shares do not sum to 100"
    reason[~from_levels & ~from_printed] = f"{what}: no source has all three sectors"
    return Shares(parts, basis, reason)
