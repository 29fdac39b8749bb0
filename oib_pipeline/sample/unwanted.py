"""Figures no study asks for, so that tables and columns that are to be skipped exist."""

from __future__ import annotations

import numpy as np

from oib_pipeline.sample.cities import YEARS
from oib_pipeline.sample.latent import World
from oib_pipeline.sample.process import Array, Draws


def unwanted_values(world: World) -> dict[str, dict[str, Array]]:
    """Growth rates, green land, post and telecommunications, (N, T) by scope and column."""
    draws = Draws(world.seed, len(world.cities), len(YEARS))
    districts, whole = world.values["districts"], world.values["whole_city"]
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
