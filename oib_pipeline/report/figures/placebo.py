"""The distribution of the estimate under redrawn treatment."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from oib_pipeline.contract.counting import plural
from oib_pipeline.report.blocks import Figure
from oib_pipeline.report.called import Called
from oib_pipeline.report.figures.style import GREY, LIGHT, TREATED, picture, sheet
from oib_pipeline.report.labels import TREATED_CITY, label
from oib_pipeline.report.numbers import fixed, number, p_phrase

PANELS = (
    ("t", "t", "p_t", "t statistic"),
    ("coefficient", "estimate", "p_coefficient", "Estimate"),
)
KEPT = "The number of {many} and the date are kept; the vertical line is the actual one."
P_NOTE = (
    "p is the share of draws at least as far from zero, the actual one counted. The t statistic "
    "is the one to go by: {many} may vary more than others."
)


def placebo_figure(
    draws: pd.DataFrame, observed: pd.Series, *, called: Called = TREATED_CITY, synthetic: bool
) -> Figure:
    """Histograms of the drawn t statistics and coefficients, the actual ones marked.

    ``draws``: coefficient and t, one row a draw; ``observed``: estimate, t, p_t, p_coefficient,
    draws.
    """
    outcome = label(str(observed["outcome"]))
    kept, note = (text.format(many=called.many) for text in (KEPT, P_NOTE))
    with sheet(2.75, left=0.55, top=0.3, bottom=0.5, columns=2, gap=0.6) as (figure, grid):
        for axes, (column, actual, p, title) in zip(grid, PANELS, strict=True):
            values = draws[column].dropna().to_numpy()
            _histogram(axes, values, float(observed[actual]))
            axes.set_title(f"{title}: {p_phrase(float(observed[p]))}")
            axes.set_xlabel(title if column == "t" else f"Effect on {outcome.short}")
            axes.set_yticks([])
            axes.spines["left"].set_visible(False)
        return picture(
            figure,
            f"placebo-{observed['outcome']}",
            f"Placebo: effects on {outcome.short} of {called.many} drawn at random",
            _alt(draws, observed, outcome.short),
            notes=(f"{plural(int(observed['draws']), 'draw')} of cities. {kept}", note),
            synthetic=synthetic,
        )


def _histogram(axes: Any, values: np.ndarray, actual: float) -> None:
    edge = 1.08 * max(np.abs(values).max(), abs(actual))
    axes.hist(values, bins=np.linspace(-edge, edge, 46), color=LIGHT, edgecolor="white", lw=0.4)
    axes.axvline(0, color=GREY, linewidth=0.8)
    top = axes.get_ylim()[1]
    axes.set_ylim(0, 1.16 * top)
    axes.axvline(actual, color=TREATED, linewidth=2, ymax=0.88)
    axes.annotate(
        f"actual {fixed(actual, 2 if abs(actual) >= 1 else 3)}",
        (actual, 1.05 * top),
        xytext=(0, 1),
        textcoords="offset points",
        ha="right" if actual > 0.5 * edge else "left" if actual < -0.5 * edge else "center",
        va="bottom",
        size=8.5,
        color=TREATED,
        weight="bold",
    )
    axes.set_xlim(-edge, edge)
    axes.locator_params(axis="x", nbins=5)


def _alt(draws: pd.DataFrame, observed: pd.Series, outcome: str) -> str:
    low, high = draws["coefficient"].quantile([0.025, 0.975])
    return (
        f"Two histograms of placebo draws for {outcome}, of t statistics and of estimates. 95% of "
        f"drawn estimates lie between {number(low)} and {number(high)}; the actual one is "
        f"{number(observed['estimate'])}, with a t statistic of {fixed(observed['t'], 2)}."
    )
