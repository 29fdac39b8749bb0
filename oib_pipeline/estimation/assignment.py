"""Draws of which units are treated, keeping their number, from a seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from oib_pipeline.estimation.arguments import whole_number

# A chunk of draws stays in cache, and its products too small for a linear algebra library to wake
# threads for, which costs more than it saves. Very wide panels take fewer draws at once.
CHUNK_DRAWS, CHUNK_CELLS = 100, 2_000_000


@dataclass(frozen=True, eq=False)
class Assignments:
    """Random treated sets of the size of the true one, the same within every stratum.

    Units are drawn, never rows: a unit keeps its serial correlation, and the treated number, the
    date and the make-up by stratum stay what they were. The draws of a seed do not depend on the
    chunk size.

    Attributes
    ----------
    treated : numpy.ndarray
        Which units are truly treated, booleans of shape (N,).
    draws : int
        How many assignments to draw.
    seed : int
        Seed of the generator.
    strata : numpy.ndarray, optional
        Stratum code of each unit, shape (N,).
    """

    treated: np.ndarray
    draws: int
    seed: int
    strata: np.ndarray | None = None

    def __post_init__(self) -> None:
        whole_number(self.draws, "draws", 1)
        whole_number(self.seed, "seed", 0)
        if not any(0 < size < len(members) for members, size in self._drawn):
            raise ValueError(
                "strata leave nothing to draw: in each of them every unit, or none, is treated"
            )

    @property
    def _drawn(self) -> list[tuple[np.ndarray, int]]:
        """Units of each stratum and how many of them are treated."""
        if self.strata is None:
            return [(np.arange(len(self.treated)), int(self.treated.sum()))]
        groups = [np.flatnonzero(self.strata == code) for code in np.unique(self.strata)]
        return [(members, int(self.treated[members].sum())) for members in groups]

    def chunks(self, cells_per_unit: int = 1) -> Iterator[np.ndarray]:
        """Yield boolean arrays (c, N) until all draws are made; c is at most ``CHUNK_DRAWS``.

        ``cells_per_unit`` is how much room one unit of one draw takes in what follows.
        """
        rng = np.random.default_rng(self.seed)
        n_units = len(self.treated)
        size = max(1, min(CHUNK_DRAWS, CHUNK_CELLS // (n_units * cells_per_unit)))
        strata = self._drawn
        for start in range(0, self.draws, size):
            keys = rng.random((min(size, self.draws - start), n_units))
            yield _lowest(keys, strata)


def _lowest(keys: np.ndarray, strata: list[tuple[np.ndarray, int]]) -> np.ndarray:
    """Return which keys are among the lowest of their stratum, as many as are treated there.

    Two of the 53-bit keys of one draw are equal once in about 10^12 draws.
    """
    drawn = np.zeros(keys.shape, dtype=bool)
    for members, size in strata:
        whole = len(members) == keys.shape[1]
        part = keys if whole else keys[:, members]
        if size:
            bar = np.partition(part, size - 1, axis=1)[:, size - 1]
            chosen = part <= bar[:, None]
            if whole:
                return chosen
            drawn[:, members] = chosen
    return drawn
