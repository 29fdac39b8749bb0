"""Untreated paths of AIS and Theil at districts scope, parallel in expectation."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.sample.controls import Controls
from oib_pipeline.sample.process import Array, Draws

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
