"""Draws for the latent paths: city effects and serially correlated shocks, cut at 2.5 sd."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CUT = 2.5  # keeps a Theil index positive without clipping, which would bend the known effect


class Draws:
    """Named streams of one seed, so that a new draw somewhere shifts no other."""

    def __init__(self, seed: int, cities: int, years: int) -> None:
        self.seed = seed
        self.shape = (cities, years)

    def stream(self, name: str) -> np.random.Generator:
        """Generator that belongs to this name alone."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])

    def city(self, name: str, sd: float = 1.0) -> Array:
        """One cut normal a city, shape (N,)."""
        return sd * self._normal(name, self.shape[0])

    def shocks(self, name: str, sd: Array | float, rho: float = 0.55) -> Array:
        """Stationary AR(1) of standard deviation ``sd`` (scalar or (N,)), shape (N, T)."""
        steps = self._normal(name, self.shape)
        path = np.empty(self.shape)
        path[:, 0] = steps[:, 0]
        for t in range(1, self.shape[1]):
            path[:, t] = rho * path[:, t - 1] + np.sqrt(1 - rho**2) * steps[:, t]
        return np.broadcast_to(sd, self.shape[:1])[:, None] * path

    def _normal(self, name: str, shape: int | tuple[int, ...]) -> Array:
        return np.clip(self.stream(name).standard_normal(shape), -CUT, CUT)
