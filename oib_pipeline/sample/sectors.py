"""Value added and employment of the three sectors, from the wanted AIS and Theil index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from oib_pipeline.sample.cities import YEARS
from oib_pipeline.sample.controls import Controls
from oib_pipeline.sample.process import Array, Draws
from oib_pipeline.sample.structure import employment_for, shares_for

COUNTY_POPULATION = 0.9  # of the districts', in a typical ordinary city
COUNTY_INCOME = 0.55
ROOM = 0.45
WORKING = 0.52  # employed, of the resident population


@dataclass(frozen=True)
class Sectors:
    """Sector figures of one place in one world: both (N, T, 3), million yuan and 1,000 persons."""

    value_added: Array
    employment: Array

    def __add__(self, other: Sectors) -> Sectors:
        return Sectors(
            self.value_added + other.value_added,
            self.employment + other.employment,
        )

    @property
    def gdp(self) -> Array:
        """Million yuan, (N, T)."""
        return self.value_added.sum(axis=-1)


def district_sectors(
    ais: Array, theil: Array, cities: pd.DataFrame, controls: Controls, draws: Draws
) -> Sectors:
    """Districts' sectors with exactly this AIS and Theil index, each (N, T).

    Incomes and head counts do not hang on the indices, so that a call with another pair gives the
    other potential outcome of the same places. Nor does the primary share, save where a high AIS
    leaves no room for it: it stays below ``ROOM`` of 3 - AIS, beyond half of which the secondary
    share would be negative.
    """
    t = YEARS - YEARS[0]
    typical = np.array([0.050, 0.032, 0.022, 0.012])[cities["tier"].to_numpy() - 1]
    primary = typical * np.exp(draws.city("primary", 0.35))
    primary = primary[:, None] * np.exp(-0.02 * t + draws.shocks("primary shock", 0.03))
    return _place(
        gdp=controls.gdp_per_capita_cny * controls.population_k / 1000,
        jobs=controls.population_k * WORKING * np.exp(draws.city("jobs", 0.08))[:, None],
        shares=shares_for(ais, np.minimum(primary, ROOM * (3 - ais))),
        theil=theil,
        toward=_destination(draws, "districts"),
    )


def county_population(cities: pd.DataFrame, controls: Controls, draws: Draws) -> Array:
    """Residents of the counties under a city, 1,000 persons, (N, T); zero where it has none."""
    typical = COUNTY_POPULATION * np.array([1.0, 0.6, 0.45, 0.06])[cities["tier"].to_numpy() - 1]
    ratio = np.where(cities["has_counties"], typical * np.exp(draws.city("counties", 0.3)), 0.0)
    leaving = np.exp(-0.012 * (YEARS - YEARS[0]) + draws.shocks("counties shock", 0.004))
    return ratio[:, None] * controls.population_k[:, :1] * leaving


def county_sectors(population_k: Array, controls: Controls, draws: Draws) -> Sectors:
    """Sectors of the counties under a city, which the policy does not reach."""
    t = YEARS - YEARS[0]
    poorer = COUNTY_INCOME * np.exp(draws.city("county income", 0.15))[:, None]
    primary = 0.17 * np.exp(draws.city("county primary", 0.25))[:, None] * np.exp(-0.02 * t)
    ais = 2.14 + draws.city("county ais", 0.04)[:, None] + 0.010 * t
    theil = 0.22 + draws.city("county theil", 0.025)[:, None] - 0.002 * t
    return _place(
        gdp=controls.gdp_per_capita_cny * poorer * population_k / 1000,
        jobs=population_k * WORKING,
        shares=shares_for(ais + draws.shocks("county ais shock", 0.015), primary),
        theil=theil + draws.shocks("county theil shock", 0.015),
        toward=_destination(draws, "counties"),
    )


def _place(gdp: Array, jobs: Array, shares: Array, theil: Array, toward: Array) -> Sectors:
    employed = employment_for(theil, shares, toward)
    return Sectors(gdp[..., None] * shares, jobs[..., None] * employed)


def _destination(draws: Draws, name: str) -> Array:
    """Employment far more in the primary sector than output is, (N, 1, 3)."""
    away = np.stack(
        [draws.city(f"{name} primary jobs", 0.15), draws.city(f"{name} other jobs", 0.15)], axis=-1
    )
    weights = np.exp(np.stack([2.0 + away[:, 0], away[:, 1], 0 * away[:, 1]], axis=-1))
    return (weights / weights.sum(axis=-1, keepdims=True))[:, None, :]
