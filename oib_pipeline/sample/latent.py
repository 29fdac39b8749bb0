"""The simulated world: every quantity at both scopes, and both potential outcomes."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from oib_pipeline.registry import Registry
from oib_pipeline.sample.cities import YEARS, sample_cities
from oib_pipeline.sample.controls import simulate_controls
from oib_pipeline.sample.effects import true_effect
from oib_pipeline.sample.outcomes import untreated
from oib_pipeline.sample.process import Array, Draws
from oib_pipeline.sample.quantities import city_values, district_values, sector_values
from oib_pipeline.sample.sectors import (
    Sectors,
    county_population,
    county_sectors,
    district_sectors,
)
from oib_pipeline.sample.structure import ais, theil

# The date of the policy, not a picked draw: a test holds the mean over many seeds to the truth.
SEED = 20140311
SCOPES = ("districts", "whole_city")


@dataclass(frozen=True)
class World:
    """One draw of the sample's world.

    ``values[scope][variable]`` and ``effects[scope][outcome]`` are (N, T), in contract units; an
    effect is the outcome with the policy minus the outcome without it, same place and year.
    """

    seed: int
    cities: pd.DataFrame
    values: dict[str, dict[str, Array]]
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
