"""Two-way fixed effects on the sample's figures find the effects the sample carries."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from oib_pipeline.estimation import twfe
from oib_pipeline.synthetic.cities import YEARS
from oib_pipeline.synthetic.world import MEAN, START, simulate

SEEDS = 60
CONTROLS = [
    *("ln_gdp_per_capita", "population_density", "land_marketization"),
    *("enterprise_density", "road_area_per_capita"),
]


def study_panel(world, values, scope="districts"):
    """Long frame of the 120 cities: outcomes, controls, did; gaps bridged, winsorised by year."""
    member = world.cities["member"].to_numpy()
    own = {name: path[member] for name, path in values["districts"].items()}
    wide = {name: path[member] for name, path in world.indices[scope].items()}
    wide |= {
        "ln_gdp_per_capita": np.log(own["gdp_per_capita_cny"]),
        "population_density": own["population_resident_k"] * 1000 / own["area_km2"],
        "land_marketization": own["land_granted_market_ha"] / own["land_granted_ha"],
        "enterprise_density": own["industrial_enterprises_n"] / own["construction_land_km2"],
        "road_area_per_capita": own["road_area_per_capita_m2"],
    }
    long = {}
    for name, path in wide.items():
        bridged = pd.DataFrame(path).interpolate(axis=1).to_numpy()
        low, high = np.quantile(bridged, [0.01, 0.99], axis=0)
        long[name] = np.clip(bridged, low, high).ravel()
    codes = world.cities.loc[member, "city_code"].to_numpy()
    treated = world.cities.loc[member, "treated"].to_numpy()
    return pd.DataFrame(long).assign(
        city_code=np.repeat(codes, len(YEARS)),
        year=np.tile(YEARS, len(codes)),
        did=np.outer(treated, YEARS >= START).astype(float).ravel(),
    )


@pytest.mark.parametrize("controls", [[], CONTROLS], ids=["without", "with"])
@pytest.mark.parametrize("outcome", ["ais", "theil"])
@pytest.mark.parametrize("scope", ["districts", "whole_city"])
def test_estimate_lies_within_two_standard_errors_of_the_truth(
    world, printed, scope, outcome, controls
):
    data = study_panel(world, printed, scope)
    fit = twfe(
        data, outcome=outcome, treatment="did", unit="city_code", time="year", controls=controls
    )
    row = fit.to_frame().set_index("term").loc["did"]
    treated = world.cities["treated"].to_numpy()
    truth = world.effects[scope][outcome][treated][:, YEARS >= START].mean()
    assert abs(row["estimate"] - truth) < 2 * row["se"]
    assert 2.5 < abs(row["t"]) < 7


def test_estimates_over_many_seeds_centre_on_the_truth(registry):
    """The committed seed was not picked: the estimator's mean over seeds is the effect."""
    found = {outcome: [] for outcome in MEAN}
    for seed in range(SEEDS):
        world = simulate(registry, seed)
        member = world.cities["member"].to_numpy()
        treated = world.cities["treated"].to_numpy()[member]
        for outcome in MEAN:
            path = world.indices["districts"][outcome][member]
            change = path[:, YEARS >= START].mean(axis=1) - path[:, YEARS < START].mean(axis=1)
            found[outcome].append(change[treated].mean() - change[~treated].mean())
    for outcome, estimates in found.items():
        spread = np.std(estimates) / np.sqrt(SEEDS)
        assert abs(np.mean(estimates) - MEAN[outcome]) < 3 * spread
