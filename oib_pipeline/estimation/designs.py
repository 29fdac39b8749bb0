"""Simulated panels like the project's, with effects that are known because they were put there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from oib_pipeline.estimation.panel import Panel

YEARS, START = np.arange(2010, 2019), 2014


@dataclass(frozen=True)
class Design:
    """How simulated outcomes come about.

    y_it = alpha_i + lambda_t + effect_t treated_i post_t + e_it with e an AR(1) of persistence
    ``rho``, innovations of standard deviation 1, times ``noise`` for treated units. ``effect`` is
    its mean over the years after; if ``grows`` it rises evenly from a third of that mean to five
    thirds.
    """

    name: str
    n_units: int = 120
    n_treated: int = 21
    rho: float = 0.6
    noise: float = 1.0
    effect: float = 0.0
    grows: bool = False

    @property
    def path(self) -> np.ndarray:
        """Effect in each of ``YEARS``, shape (T,)."""
        after = START <= YEARS
        shape = np.linspace(1 / 3, 5 / 3, after.sum()) if self.grows else np.ones(after.sum())
        path = np.zeros(len(YEARS))
        path[after] = self.effect * shape
        return path


# The paper has 21 of 120 cities over nine years; then what makes inference hard, one at a time.
DESIGNS = (
    Design("equal noise, no effect"),
    Design("noisier treated, no effect", noise=2.0),
    Design("5 treated of 30, noisier, no effect", n_units=30, n_treated=5, noise=2.0),
    Design("noisier treated, constant effect", noise=2.0, effect=0.9),
    Design("noisier treated, growing effect", noise=2.0, effect=0.9, grows=True),
)


def simulate_outcome(design: Design, rng: np.random.Generator) -> np.ndarray:
    """Return one outcome, shape (N, T), the first ``n_treated`` units treated from ``START``."""
    n_units, n_times = design.n_units, len(YEARS)
    treated = np.arange(n_units) < design.n_treated
    shocks = rng.standard_normal((n_units, n_times))
    error = np.empty_like(shocks)
    error[:, 0] = shocks[:, 0] / np.sqrt(1 - design.rho**2)
    for time in range(1, n_times):
        error[:, time] = design.rho * error[:, time - 1] + shocks[:, time]
    error[treated] *= design.noise
    outcome = error + rng.standard_normal((n_units, 1)) + rng.standard_normal(n_times)
    outcome[treated] += design.path
    return outcome


def outcome_panel(design: Design, outcome: np.ndarray) -> Panel:
    """Return the panel of one outcome, its one regressor the treatment ``did``."""
    n_units, n_times = outcome.shape
    treated = np.arange(n_units) < design.n_treated
    did = np.outer(treated, YEARS >= START).astype(float)
    unit = np.repeat(np.arange(n_units), n_times)
    return Panel(
        names=("y", "did"),
        n_regressors=1,
        arrays=np.array([outcome.ravel(), did.ravel()]),
        unit=unit,
        time=np.tile(np.arange(n_times), n_units),
        cluster=unit,
        units=pd.RangeIndex(n_units),
        times=pd.Index(YEARS),
        n_clusters=n_units,
        unit_name="unit",
        time_name="year",
        cluster_name="unit",
    )


def simulate_panel(design: Design, seed: int) -> pd.DataFrame:
    """Return one simulated panel as a frame: unit, year, treated, post, did, y."""
    outcome = simulate_outcome(design, np.random.default_rng(seed))
    panel = outcome_panel(design, outcome)
    year = YEARS[panel.time]
    return pd.DataFrame(
        {
            "unit": panel.unit,
            "year": year,
            "treated": (panel.unit < design.n_treated).astype(int),
            "post": (year >= START).astype(int),
            "did": panel.arrays[1].astype(int),
            "y": panel.arrays[0],
        }
    )
