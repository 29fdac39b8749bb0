"""The quantities a yearbook prints, (N, T) by contract variable, from the latent paths."""

from __future__ import annotations

import numpy as np

from oib_pipeline.sample.controls import Controls
from oib_pipeline.sample.process import Array, Draws
from oib_pipeline.sample.sectors import Sectors


def sector_values(sectors: Sectors, population_k: Array) -> dict[str, Array]:
    """Output, its composition, employment and income per head, one scope, contract units."""
    values = {
        "gdp_mcny": sectors.gdp,
        "population_resident_k": population_k,
        "gdp_per_capita_cny": sectors.gdp * 1000 / population_k,
    }
    for place, sector in enumerate(("primary", "secondary", "tertiary")):
        values[f"{sector}_va_mcny"] = sectors.value_added[..., place]
        values[f"{sector}_share_pct"] = 100 * sectors.value_added[..., place] / sectors.gdp
        values[f"{sector}_employment_k"] = sectors.employment[..., place]
    return values


def district_values(controls: Controls) -> dict[str, Array]:
    """Land, enterprises and roads of the districts."""
    return {
        "area_km2": controls.area_km2,
        "construction_land_km2": controls.construction_land_km2,
        "industrial_enterprises_n": np.round(controls.enterprises_n),
        "land_granted_ha": controls.land_granted_ha,
        "land_granted_market_ha": controls.land_granted_ha * controls.market_share,
        "road_area_per_capita_m2": controls.road_m2,
        "road_area_km2": controls.road_m2 * controls.population_k / 1000,
    }


def city_values(controls: Controls, county_people: Array, draws: Draws) -> dict[str, Array]:
    """Whole-city figures of what the counties add to; districts-only quantities have none."""
    weight = county_people / controls.population_k
    wide = np.exp(0.9 + draws.city("county area", 0.2))[:, None] * weight[:, :1]
    thin = 0.45 * np.exp(draws.city("county enterprises", 0.2))[:, None] * weight
    granted = 0.5 * np.exp(draws.shocks("county land", 0.2)) * weight
    return {
        "area_km2": controls.area_km2 * (1 + wide),
        "industrial_enterprises_n": np.round(controls.enterprises_n * (1 + thin)),
        "land_granted_ha": controls.land_granted_ha * (1 + granted),
        "land_granted_market_ha": controls.land_granted_ha
        * controls.market_share
        * (1 + 0.8 * granted),
    }
