"""Latent districts-scope paths of size, income, land, enterprises and roads; no policy in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from oib_pipeline.sample.cities import YEARS
from oib_pipeline.sample.process import Array, Draws

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
        As of :func:`oib_pipeline.sample.cities.sample_cities`.
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
