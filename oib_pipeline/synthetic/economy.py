"""Latent processes: sectors, shares, controls."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from oib_pipeline.synthetic.cities import YEARS

Array = NDArray[np.float64]

CUT = 2.5  # keeps a Theil index positive without clipping, which would bend the known effect


class Draws:
    """Named streams of one seed, so that a new draw somewhere shifts no other."""

    def __init__(self, seed: int, cities: int, years: int) -> None:
        self.seed = seed
        self.shape = (cities, years)

    def stream(self, name: str) -> np.random.Generator:
        """Generator that belongs to this name alone."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])

    def city(self, name: str, sd: float = 1.0) -> Array:
        """One cut normal a city, shape (N,)."""
        return sd * self._normal(name, self.shape[0])

    def shocks(self, name: str, sd: Array | float, rho: float = 0.55) -> Array:
        """Stationary AR(1) of standard deviation ``sd`` (scalar or (N,)), shape (N, T)."""
        steps = self._normal(name, self.shape)
        path = np.empty(self.shape)
        path[:, 0] = steps[:, 0]
        for t in range(1, self.shape[1]):
            path[:, t] = rho * path[:, t - 1] + np.sqrt(1 - rho**2) * steps[:, t]
        return np.broadcast_to(sd, self.shape[:1])[:, None] * path

    def _normal(self, name: str, shape: int | tuple[int, ...]) -> Array:
        return np.clip(self.stream(name).standard_normal(shape), -CUT, CUT)


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


POPULATION_K = (850.0, 2600.0, 3600.0, 12000.0)  # typical resident population by tier
REGION_INCOME = {"East": 0.22, "Central": -0.04, "West": -0.08, "Northeast": 0.04}
REGION_DENSITY = {"East": 0.35, "Central": 0.25, "West": -0.25, "Northeast": -0.15}


@dataclass(frozen=True)
class Controls:
    """Districts-scope paths, each of shape (N, T), in contract units."""

    population_k: Array
    gdp_per_capita_cny: Array
    area_km2: Array
    construction_land_km2: Array
    enterprises_n: Array
    land_granted_ha: Array
    market_share: Array
    road_m2: Array

    def pull(self) -> dict[str, Array]:
        """The five controls in the study's own units, by name."""
        return {
            "ln_gdp_per_capita": np.log(self.gdp_per_capita_cny),
            "population_density": self.population_k * 1000 / self.area_km2,
            "land_marketization": self.market_share,
            "enterprise_density": self.enterprises_n / self.construction_land_km2,
            "road_area_per_capita": self.road_m2,
        }


def simulate_controls(cities: pd.DataFrame, draws: Draws) -> Controls:
    """Paths of the control quantities.

    Pilots are a little larger and richer than other cities, and little else: the propensity
    score has something to find and keeps its overlap.

    Parameters
    ----------
    cities : pandas.DataFrame
        As of :func:`oib_pipeline.synthetic.cities.sample_cities`.
    draws : Draws
        Streams of the seed.
    """
    tier = cities["tier"].to_numpy() - 1
    treated = cities["treated"].to_numpy(float)
    t = (YEARS - YEARS[0]).astype(float)
    log_population = np.log(np.array(POPULATION_K))[tier] + draws.city("population", 0.35)
    growth = 0.010 + draws.city("population growth", 0.006)
    population = np.exp(
        (log_population + 0.10 * treated)[:, None]
        + growth[:, None] * t
        + draws.shocks("population shock", 0.006)
    )
    income = 10.45 + np.array([0.0, 0.35, 0.40, 0.55])[tier] + draws.city("income", 0.25)
    income = income + cities["region"].map(REGION_INCOME).to_numpy(float) + 0.08 * treated
    catching_up = 0.092 * t - 0.0022 * t**2
    gdp_per_capita = np.exp(income[:, None] + catching_up + draws.shocks("income shock", 0.045))
    density = np.log(650.0) + np.array([0.0, 0.4, 0.5, 0.3])[tier] + draws.city("density", 0.4)
    density = density + cities["region"].map(REGION_DENSITY).to_numpy(float)
    area = np.repeat((population[:, 0] * 1000 / np.exp(density))[:, None], len(t), axis=1)
    land = 0.095 * np.exp(draws.city("construction land", 0.15))[:, None] * population
    land = land * np.exp(0.018 * t + draws.shocks("construction land shock", 0.02))
    enterprise = np.log(5.5) + draws.city("enterprises", 0.35)
    enterprise = enterprise[:, None] - 0.006 * t + draws.shocks("enterprises shock", 0.06)
    granted = np.log(5.0) + draws.city("land granted", 0.25)
    granted = granted[:, None] + draws.shocks("land granted shock", 0.25, rho=0.3)
    market = 1.1 + draws.city("market", 0.4)
    market = market[:, None] + 0.06 * t + draws.shocks("market shock", 0.3, rho=0.4)
    road = np.log(11.5) + draws.city("road", 0.25)
    road = road[:, None] + 0.028 * t + draws.shocks("road shock", 0.05)
    return Controls(
        population_k=population,
        gdp_per_capita_cny=gdp_per_capita,
        area_km2=area,
        construction_land_km2=land,
        enterprises_n=np.exp(enterprise) * land,
        land_granted_ha=np.exp(granted) * land,
        market_share=1 / (1 + np.exp(-market)),
        road_m2=np.exp(road),
    )


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
