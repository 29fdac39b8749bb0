"""The known effects at districts scope: city by year, phased in from 2014, mean exactly as set."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.sample.cities import YEARS
from oib_pipeline.sample.process import Array, Draws

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
