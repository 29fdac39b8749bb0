"""Effects, potential outcomes, printed quantities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from oib_pipeline.registry.registry import Registry
from oib_pipeline.synthetic.cities import YEARS, sample_cities
from oib_pipeline.synthetic.economy import (
    Array,
    Controls,
    Draws,
    Sectors,
    ais,
    county_population,
    county_sectors,
    district_sectors,
    simulate_controls,
    theil,
)

START = 2014
# Lin et al. (2022), models with controls
MEAN = {"ais": 0.067, "theil": -0.042}
PHASE = np.array([0.5, 0.8, 1.0, 1.25, 1.45])  # 2014-2018, mean one
BY_REGION = {
    "ais": {"East": 1.35, "Central": 1.05, "West": 0.60, "Northeast": 1.10},
    "theil": {"East": 0.70, "Central": 1.00, "West": 1.40, "Northeast": 0.80},
}
SPREAD = 0.15  # sd of the city factor around its region's


def true_effect(outcome: str, cities: pd.DataFrame, draws: Draws) -> Array:
    """Effect on the treated, zero elsewhere and before 2014, shape (N, T).

    effect_it = MEAN * factor_i * phase_t, with both factors scaled to mean one, so that the mean
    over treated cities and 2014-2018 is MEAN to machine precision.
    """
    treated = cities["treated"].to_numpy()
    factor = cities["region"].map(BY_REGION[outcome]).to_numpy(float)
    factor = factor * (1 + draws.city(f"effect {outcome}", SPREAD))
    factor = np.where(treated, factor / factor[treated].mean(), 0.0)
    phase = np.zeros(len(YEARS))
    phase[YEARS >= START] = PHASE / PHASE.mean()
    return MEAN[outcome] * factor[:, None] * phase


RHO = 0.55
NOISIER_PILOTS = 1.25
AIS_SD = 0.050
THEIL_SD = 0.115  # of the city's own level, so that a small index stays positive
AIS_TREND = np.array([0.0, 0.008, 0.018, 0.031, 0.046, 0.063, 0.079, 0.092, 0.103])
THEIL_TREND = np.array([0.0, -0.002, -0.004, -0.007, -0.009, -0.012, -0.014, -0.015, -0.016])
AIS_REGION = {"East": 0.03, "Central": -0.01, "West": 0.0, "Northeast": -0.02}
# Mild pulls of the five controls, per unit of each, on (AIS, Theil)
PULL = {
    "ln_gdp_per_capita": (0.05, -0.04),
    "population_density": (0.00004, -0.00002),
    "land_marketization": (0.06, -0.03),
    "enterprise_density": (-0.004, 0.002),
    "road_area_per_capita": (0.002, -0.001),
}


def untreated(cities: pd.DataFrame, controls: Controls, draws: Draws) -> dict[str, Array]:
    """Paths without the policy, ``{"ais": (N, T), "theil": (N, T)}``.

    city effect + common trend + pull of the controls' movement + AR(1) shock, larger in pilots.
    """
    noisier = np.where(cities["treated"], NOISIER_PILOTS, 1.0)
    pulled = _pulled(controls)
    level = 2.34 + 0.02 * (cities["tier"].to_numpy() - 1) + draws.city("ais", 0.055)
    level = level + cities["region"].map(AIS_REGION).to_numpy(float)
    ais = level[:, None] + AIS_TREND + pulled[0] + draws.shocks("ais", AIS_SD * noisier, RHO)
    mismatch = 0.30 + draws.city("theil", 0.032)
    shocks = draws.shocks("theil", THEIL_SD * mismatch * noisier, RHO)
    return {"ais": ais, "theil": mismatch[:, None] + THEIL_TREND + pulled[1] + shocks}


def _pulled(controls: Controls) -> tuple[Array, Array]:
    """Controls' deviations from their city means and year means, times their pull."""
    ais, theil = np.zeros((2, *controls.road_m2.shape))
    for name, path in controls.pull().items():
        within = path - path.mean(axis=1, keepdims=True)
        within = within - within.mean(axis=0)
        ais += PULL[name][0] * within
        theil += PULL[name][1] * within
    return ais, theil


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


# The date of the policy, not a picked draw: a test holds the mean over many seeds to the truth.
SEED = 20140311
SCOPES = ("districts", "whole_city")


@dataclass(frozen=True)
class World:
    """One draw of the sample's world.

    ``printed[scope][variable]`` and ``effects[scope][outcome]`` are (N, T), in contract units; an
    effect is the outcome with the policy minus the outcome without it, same place and year.
    """

    seed: int
    cities: pd.DataFrame
    printed: dict[str, dict[str, Array]]
    effects: dict[str, dict[str, Array]]
    indices: dict[str, dict[str, Array]]


def simulate(registry: Registry, seed: int = SEED) -> World:
    """Draw the world from a seed.

    Parameters
    ----------
    registry : Registry
        Cities, the sample of 120 and the pilots.
    seed : int
        Every draw hangs on it; the committed releases use ``SEED``.
    """
    cities = sample_cities(registry)
    draws = Draws(seed, len(cities), len(YEARS))
    controls = simulate_controls(cities, draws)
    without = untreated(cities, controls, draws)
    policy = {outcome: true_effect(outcome, cities, draws) for outcome in without}

    county_people = county_population(cities, controls, draws)
    county = county_sectors(county_people, controls, draws)
    worlds = {}
    for world, on in (("with", 1.0), ("without", 0.0)):
        wanted = {outcome: without[outcome] + on * policy[outcome] for outcome in without}
        districts = district_sectors(wanted["ais"], wanted["theil"], cities, controls, draws)
        worlds[world] = {"districts": districts, "whole_city": districts + county}
    indices = {scope: _indices(worlds["with"][scope]) for scope in SCOPES}
    bare = {scope: _indices(worlds["without"][scope]) for scope in SCOPES}
    effects = {
        scope: {name: indices[scope][name] - bare[scope][name] for name in indices[scope]}
        for scope in SCOPES
    }
    values = {
        "districts": sector_values(worlds["with"]["districts"], controls.population_k)
        | district_values(controls),
        "whole_city": sector_values(
            worlds["with"]["whole_city"], controls.population_k + county_people
        )
        | city_values(controls, county_people, draws),
    }
    return World(seed, cities, values, effects, indices)


def _indices(sectors: Sectors) -> dict[str, Array]:
    output = sectors.value_added / sectors.value_added.sum(axis=-1, keepdims=True)
    employed = sectors.employment / sectors.employment.sum(axis=-1, keepdims=True)
    return {"ais": ais(output), "theil": theil(output, employed)}


def unwanted_values(world: World) -> dict[str, dict[str, Array]]:
    """Growth rates, green land, post and telecommunications, (N, T) by scope and column."""
    draws = Draws(world.seed, len(world.cities), len(YEARS))
    districts, whole = world.printed["districts"], world.printed["whole_city"]
    slowing = 13.0 - 0.8 * (YEARS - YEARS[0])
    green = (
        districts["construction_land_km2"] * 100 * 0.38 * np.exp(draws.city("green", 0.15))[:, None]
    )
    post = whole["gdp_mcny"] * 0.004 * np.exp(draws.city("post", 0.2))[:, None]
    return {
        "districts": {
            "other_growth_pct": slowing + draws.shocks("growth districts", 1.2),
            "other_green_ha": green,
            "other_parks_ha": 0.3 * green,
        },
        "whole_city": {
            "other_growth_pct": slowing + draws.shocks("growth whole city", 1.0),
            "other_post_mcny": post,
            "other_telecom_mcny": 4.5 * post,
        },
    }
