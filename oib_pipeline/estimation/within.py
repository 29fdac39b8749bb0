"""Removes unit and time effects: means when balanced, a T x T solve or pyfixest when not."""

from __future__ import annotations

from typing import Literal

import numpy as np

from oib_pipeline.estimation.panel import Panel

Engine = Literal["means", "solve", "iterate"]

# Above this many distinct times, or cells of units by times, the dense solve costs more time or
# memory than alternating projections.
SOLVE_TIMES, SOLVE_CELLS = 300, 20_000_000
# pyfixest stops where a sweep moves no value by more than this; results hold to about 1e-10.
TOLERANCE = 1e-12


def choose_engine(panel: Panel) -> Engine:
    """Return how the effects of this panel are removed; every closed-form fit asks here.

    ``means``: unweighted and balanced, or made of balanced blocks that have no unit or time in
    common, where the two-way within transformation is subtraction of means. ``solve``: unit means
    are subtracted and the time effects solved for, exact for any pattern and weights, while the
    T x T system is small. ``iterate``: pyfixest's alternating projections, for unbalanced panels
    with very many times or cells.
    """
    if panel.weights is None and panel.blocks is not None:
        return "means"
    small = panel.n_times <= SOLVE_TIMES and panel.n_units * panel.n_times <= SOLVE_CELLS
    return "solve" if small else "iterate"


class Within:
    """The two-way within transformation of one panel, prepared once and applied to many columns.

    For the ``solve`` engine, with unit means P_u and time dummies Z, the time effects of a
    column v solve (Z'(I - P_u) Z) lambda = Z'(I - P_u) v in the metric of the weights, and the
    residual is (I - P_u)(v - Z lambda).
    """

    def __init__(self, panel: Panel, engine: Engine | None = None) -> None:
        self.panel = panel
        self.engine: Engine = engine or choose_engine(panel)
        if self.engine == "solve":
            self._prepare_solve()

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Return a new array (v, n): ``values`` with unit and time effects removed."""
        match self.engine:
            case "means":
                blocks = None if self.panel.balanced else self.panel.blocks
                if blocks is None:
                    return self._subtract_means(values)
                return self._subtract_block_means(values, blocks)
            case "solve":
                return self._solve(values)
            case "iterate":
                return self._iterate(values)

    def _subtract_means(self, values: np.ndarray) -> np.ndarray:
        n_units, n_times = self.panel.n_units, self.panel.n_times
        columns = values.reshape(-1, n_units, n_times)
        out = np.empty(columns.shape)
        over_times, over_units = np.full(n_times, 1 / n_times), np.full(n_units, 1 / n_units)
        for column, left in zip(columns, out, strict=True):
            np.subtract(column, (column @ over_times)[:, None], out=left)
            left -= over_units @ left
        return out.reshape(values.shape)

    def _subtract_block_means(self, values: np.ndarray, blocks: np.ndarray) -> np.ndarray:
        out = np.empty_like(values)
        for number, n_units in enumerate(np.bincount(blocks)):
            rows = np.flatnonzero(blocks[self.panel.unit] == number)
            cells = values[:, rows].reshape(len(values), n_units, -1)
            cells -= cells.mean(axis=2, keepdims=True)
            cells -= cells.mean(axis=1, keepdims=True)
            out[:, rows] = cells.reshape(len(values), -1)
        return out

    def _prepare_solve(self) -> None:
        panel = self.panel
        weight = np.ones(panel.n_obs) if panel.weights is None else panel.weights
        cells = np.zeros((panel.n_units, panel.n_times))
        cells[panel.unit, panel.time] = weight
        self._starts = np.flatnonzero(np.diff(panel.unit, prepend=-1))
        self._unit_weight = cells.sum(axis=1)
        self._share = cells / self._unit_weight[:, None]
        gram = np.diag(cells.sum(axis=0)) - cells.T @ self._share
        self._inverse = np.linalg.pinv(gram, hermitian=True, rcond=1e-12)
        self._cells = cells
        self._weight = weight

    def _solve(self, values: np.ndarray) -> np.ndarray:
        panel = self.panel
        unit_mean = self._unit_means(values)
        time_sum = np.empty((len(values), panel.n_times))
        for row, column in enumerate(values):
            time_sum[row] = np.bincount(panel.time, self._weight * column, panel.n_times)
        effect = (time_sum - unit_mean @ self._cells) @ self._inverse
        unit_effect = unit_mean - effect @ self._share.T
        out = np.empty_like(values)
        for row, column in enumerate(values):
            np.subtract(column, unit_effect[row][panel.unit], out=out[row])
            out[row] -= effect[row][panel.time]
        return out

    def _unit_means(self, values: np.ndarray) -> np.ndarray:
        weighted = values if self.panel.weights is None else values * self._weight
        return np.add.reduceat(weighted, self._starts, axis=1) / self._unit_weight

    def _iterate(self, values: np.ndarray) -> np.ndarray:
        from pyfixest.core.demean import demean

        panel = self.panel
        weight = np.ones(panel.n_obs) if panel.weights is None else panel.weights
        effects = np.column_stack([panel.unit, panel.time])
        out, converged = demean(values.T, effects, weight, tol=TOLERANCE, maxiter=100_000)
        if not converged:
            raise ValueError(
                f"columns {panel.unit_name!r}, {panel.time_name!r}: the effects could not be "
                "removed in 100,000 sweeps; the panel falls into barely connected parts"
            )
        return np.ascontiguousarray(out.T)
