"""Columns without unit and time effects, refused where nothing of them is left."""

from __future__ import annotations

import numpy as np

from oib_pipeline.estimation.panel import Panel
from oib_pipeline.estimation.within import Within

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
