"""Sector shares of a city-year, and the indices of industrial structure they give: AIS, Theil."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from oib_pipeline.contract.variables import bundles

if TYPE_CHECKING:
    from oib_pipeline.indices.declaration import Composition

Array = NDArray[np.float64]
ROUNDING = 1e-9  # what adding three shares may lose; more means that they do not sum to one
SUM_TOLERANCE = 0.02  # printed shares may sum to 98-102 %: three figures rounded, some to a whole


class SectorShares:
    """Shares of three sectors, from their levels where all are available, else as printed.

    Parameters
    ----------
    city_year
        Rows of ``core_city_year``, shape (n, ...), with the inputs of the composition.
    composition
        Which shares.

    Attributes
    ----------
    parts
        Shares, shape (n, 3); NaN in the whole row where a row has none.
    """

    def __init__(self, city_year: pd.DataFrame, composition: Composition) -> None:
        level, percent = (
            city_year[list(bundles()[name])].to_numpy("float64")
            for name in (composition.levels, composition.printed)
        )
        self._index, self._composition = city_year.index, composition
        self._from_levels = ~np.isnan(level).any(axis=1)
        self._from_printed = ~self._from_levels & ~np.isnan(percent).any(axis=1)
        self._off = self._from_printed & (np.abs(percent.sum(axis=1) / 100 - 1) > SUM_TOLERANCE)
        figures = np.where(self._from_levels[:, None], level, percent)
        figures[self._off] = np.nan
        self.parts = shares(figures)
        self._available = ~np.isnan(self.parts).any(axis=1)

    def basis(self) -> pd.Series:
        """Bundle each row was taken from, None where it has no shares; shape (n,)."""
        basis = pd.Series(None, index=self._index, dtype="object")
        basis[self._from_levels & self._available] = self._composition.levels
        basis[self._from_printed & self._available] = self._composition.printed
        return basis

    def reason(self) -> pd.Series:
        """Why a row has no shares, None where it has; shape (n,)."""
        part = self._composition.part
        reason = pd.Series(None, index=self._index, dtype="object")
        reason[~self._available] = f"{part}: a negative figure, or all three are zero"
        reason[self._off] = f"{part}: printed shares do not sum to 100"
        neither = ~self._from_levels & ~self._from_printed
        reason[neither] = f"{part}: no source has all three sectors"
        return reason


def shares(parts: ArrayLike) -> Array:
    """Sector shares that sum to one, shape (n, 3).

    Parameters
    ----------
    parts
        Sector figures in one unit, shape (n, 3): primary, secondary, tertiary.

    Returns
    -------
    numpy.ndarray
        NaN in the whole row where a figure is missing or negative, or the sum is zero.
    """
    figures = _rows_of_three(parts)
    total = figures.sum(axis=1, keepdims=True)
    good = (figures >= 0).all(axis=1, keepdims=True) & (total > 0)
    return np.divide(figures, total, out=np.full_like(figures, np.nan), where=good)


def ais(output_shares: ArrayLike) -> Array:
    """Advanced industrial structure, y1 + 2 y2 + 3 y3, in [1, 3], shape (n,).

    Source: Lin et al. 2022, section 3.2. More is more advanced.

    Parameters
    ----------
    output_shares
        Sector shares of output that sum to one, shape (n, 3); a row that does not gives NaN.
    """
    y = _rows_of_three(output_shares)
    result: Array = y @ np.array([1.0, 2.0, 3.0])
    return np.where(_sums_to_one(y), np.clip(result, 1.0, 3.0), np.nan)


def theil(output_shares: ArrayLike, employment_shares: ArrayLike) -> Array:
    """Theil index, sum of y ln(y / l), shape (n,); 0 is balanced, never negative.

    A sector without output contributes 0; one with output and no employment makes it NaN.

    Parameters
    ----------
    output_shares, employment_shares
        Sector shares that sum to one, shape (n, 3); a row that does not gives NaN.
    """
    y, l = _rows_of_three(output_shares), _rows_of_three(employment_shares)  # noqa: E741
    undefined = ((y > 0) & (l == 0)).any(axis=1) | ~_sums_to_one(y) | ~_sums_to_one(l)
    counts = (y > 0) & (l > 0)
    log_y, log_l = (np.log(part, out=np.zeros_like(y), where=counts) for part in (y, l))
    result: Array = (y * (log_y - log_l)).sum(axis=1, where=counts)
    return np.where(undefined, np.nan, np.maximum(result, 0.0))


def _sums_to_one(shares: Array) -> NDArray[np.bool_]:
    """Rows of shares without a negative one; False where a share is missing."""
    total = shares.sum(axis=1)
    return (np.abs(total - 1) <= ROUNDING) & (shares >= 0).all(axis=1)


def _rows_of_three(values: ArrayLike) -> Array:
    array = np.asarray(values, dtype="float64")
    if array.ndim != 2 or array.shape[1] != 3:
        raise ValueError(
            f"sector figures must have shape (n, 3): primary, secondary, tertiary; "
            f"got {array.shape}"
        )
    return array
