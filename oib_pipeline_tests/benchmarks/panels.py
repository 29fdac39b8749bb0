"""Panels of a policy to measure on: units, times, five controls, serially correlated errors."""

from __future__ import annotations

import numpy as np
import pandas as pd

CONTROLS = ["c1", "c2", "c3", "c4", "c5"]
OUTCOMES = ["ais", "theil"]
KEYS = {"unit": "city", "time": "year"}
ASSIGNED = {"treated": "treated", "post": "post", **KEYS}
RIGHT = " + ".join(["did", *CONTROLS])


def policy_panel(
    n_units: int, n_times: int, n_treated: int, *, keep: float = 1.0, seed: int = 7
) -> pd.DataFrame:
    """One row a unit and year; a share ``keep`` of the rows at random, in order."""
    rng = np.random.default_rng(seed)
    n = n_units * n_times
    unit, year = np.divmod(np.arange(n), n_times)
    data = pd.DataFrame(rng.normal(size=(n, len(CONTROLS))), columns=CONTROLS)
    data["city"], data["year"] = unit, 2010 + year
    marks = np.zeros(n_units)
    marks[rng.permutation(n_units)[:n_treated]] = 1
    data["treated"] = marks[unit]
    data["post"] = (year >= n_times // 2).astype(float)
    data["did"] = data["treated"] * data["post"]
    data["region"] = unit % 4
    data["capital"] = (unit % 10 == 0).astype(float)
    for name in OUTCOMES:
        errors = rng.normal(size=(n_units, n_times)).cumsum(axis=1)
        data[name] = errors.ravel() + 0.1 * data["did"] + data[CONTROLS] @ np.arange(5) / 10
    if keep < 1:
        data = data[rng.random(n) < keep].reset_index(drop=True)
    return data
