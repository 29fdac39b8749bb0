"""Simulated panels with a known effect."""

from __future__ import annotations

import numpy as np
import pandas as pd

CONTROLS = ["x1", "x2", "x3", "x4", "x5"]


def make_panel(
    n_units: int = 40, n_times: int = 9, n_treated: int = 9, effect: float = 0.5, seed: int = 7
) -> pd.DataFrame:
    """City-years with serially correlated errors, noisier treated cities and a known effect."""
    rng = np.random.default_rng(seed)
    treated = np.zeros(n_units)
    treated[rng.permutation(n_units)[:n_treated]] = 1
    error = np.empty((n_units, n_times))
    shock = rng.normal(size=(n_units, n_times)) * (1 + treated)[:, None]
    error[:, 0] = shock[:, 0]
    for year in range(1, n_times):
        error[:, year] = 0.5 * error[:, year - 1] + shock[:, year]
    frame = pd.DataFrame(
        {
            "city": np.repeat([f"{320000 + unit}" for unit in range(n_units)], n_times),
            "year": np.tile(np.arange(2010, 2010 + n_times), n_units),
            "region": np.repeat(
                np.array(["East", "West", "Central"])[np.arange(n_units) % 3], n_times
            ),
            "treated": np.repeat(treated, n_times),
        }
    )
    frame["post"] = (frame["year"] >= 2014).astype(float)
    frame["did"] = frame["treated"] * frame["post"]
    frame["weight"] = np.repeat(rng.uniform(0.5, 3, n_units), n_times)
    noise = rng.normal(size=(5, len(frame)))
    for row, name in enumerate(CONTROLS):
        frame[name] = 3.0 * row + noise[row] + 0.2 * frame["did"]
    unit_effect = np.repeat(rng.normal(size=n_units), n_times)
    frame["y"] = (
        5 + unit_effect + 0.1 * (frame["year"] - 2010) + effect * frame["did"]
        + 0.3 * frame["x1"] + error.ravel()
    )  # fmt: skip
    return frame
