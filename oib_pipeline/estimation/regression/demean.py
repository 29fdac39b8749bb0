"""Two-way within transformation; absorbed and collinear columns."""

from __future__ import annotations

from typing import Literal

import numpy as np

from oib_pipeline.estimation.data.panel import Panel

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


def time_basis(panel: Panel) -> np.ndarray:
    """Return an orthonormal basis of time effects after unit effects, shape (< T, n).

    In the metric of the weights: columns are multiplied by their square root. Times that have no
    unit in common, even through others, have no column in common.
    """
    dummies = (panel.time == np.arange(panel.n_times)[:, None]).astype(float)
    dummies = without_unit_means(panel, dummies)
    gram = dummies @ dummies.T
    bases = []
    for times in _apart(gram):
        values, vectors = np.linalg.eigh(gram[np.ix_(times, times)])
        kept = values > 1e-10 * values.max()
        bases.append((vectors[:, kept] / np.sqrt(values[kept])).T @ dummies[times])
    return np.vstack(bases)


def _apart(gram: np.ndarray) -> list[np.ndarray]:
    """Return the sets of columns between which products (k, k) are zero, such as regions' times."""
    linked = gram != 0
    while not np.array_equal(linked, further := linked @ linked):
        linked = further
    return [np.flatnonzero(linked[first]) for first in np.unique(linked.argmax(axis=1))]


def without_unit_means(panel: Panel, values: np.ndarray) -> np.ndarray:
    """Return columns (v, n) less their unit means, times the square root of the weights."""
    weight = np.ones(panel.n_obs) if panel.weights is None else panel.weights
    unit_weight = np.bincount(panel.unit, weight)
    means = [np.bincount(panel.unit, weight * column) / unit_weight for column in values]
    out = values - np.array(means)[:, panel.unit]
    return out if panel.weights is None else out * np.sqrt(weight)


# A column whose norm falls below this share of its own once effects (or earlier regressors)
# are removed says nothing of its own; what is left is rounding.
ABSORBED, COLLINEAR = 1e-9, 1e-8


def residualise(panel: Panel, within: Within | None = None) -> np.ndarray:
    """Return outcome and regressors (1 + k, n) without effects, each checked to vary still.

    ``within`` is that of a panel with the same rows, where it is at hand.

    Raises
    ------
    ValueError
        Naming the outcome, or the first regressor, that the unit and time effects absorb.
    """
    raw = panel.arrays[: 1 + panel.n_regressors]
    left = (within or Within(panel))(raw)
    for row, name in enumerate(panel.names[: len(raw)]):
        if norm(left[row]) <= ABSORBED * norm(raw[row]):
            role = "outcome" if row == 0 else "regressor"
            raise ValueError(
                f"column {name!r} ({role}) does not vary once unit and time effects are removed: "
                "it is zero, constant, the same at all times or the same for all units"
            )
    return left


def norm(vector: np.ndarray) -> float:
    """Return the Euclidean length."""
    return float(np.sqrt(vector @ vector))


def check_collinear(panel: Panel, within: np.ndarray) -> None:
    """Raise naming the first regressor that effects and earlier regressors determine.

    Parameters
    ----------
    panel : Panel
        For the names.
    within : numpy.ndarray
        Outcome and regressors without effects, shape (1 + k, n), metric of no weights.
    """
    x = within[1:]
    gram = x @ x.T
    size = np.sqrt(np.diag(gram))
    gram /= np.outer(size, size)
    if np.linalg.eigvalsh(gram)[0] > 1e-6:  # far from collinear: spare the search
        return
    scaled = x / size[:, None]
    for last in range(1, len(gram)):
        share = np.linalg.lstsq(gram[:last, :last], gram[:last, last], rcond=None)[0]
        left = scaled[last] - share @ scaled[:last]
        if norm(left) <= COLLINEAR * np.sqrt(last):
            others = ", ".join(repr(name) for name in panel.regressors[:last])
            raise ValueError(
                f"column {panel.regressors[last]!r} (control) is collinear: with unit and time "
                f"effects it is a combination of {others}; leave it out"
            )
