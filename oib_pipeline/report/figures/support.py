"""Propensity scores of the two groups: where they overlap, a match exists."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.report.blocks import Figure
from oib_pipeline.report.called import Called
from oib_pipeline.report.figures.style import CONTROL, INK, TREATED, picture, sheet
from oib_pipeline.report.labels import TREATED_CITY, short
from oib_pipeline.report.numbers import fixed, interval
from oib_pipeline.report.text import capital


def support_figure(
    scores: pd.DataFrame, *, synthetic: bool, outcome: str = "", called: Called = TREATED_CITY
) -> Figure:
    """Treated cities above the line, others below, by score. ``scores``: city_code, treated, score.

    ``outcome`` is named where the cities matched differ between outcomes.
    """
    one = scores.drop_duplicates("city_code")
    pilots = one.loc[one["treated"].astype(bool), "score"].to_numpy()
    others = one.loc[~one["treated"].astype(bool), "score"].to_numpy()
    many = capital(called.many)
    probability = f"The estimated probability of being {called.being_one}"
    bins = np.linspace(0, max(0.05, np.ceil(20 * one["score"].max()) / 20), 26)
    with sheet(2.6, left=0.6, top=0.1, bottom=0.75) as (figure, axes):
        up, _ = np.histogram(pilots, bins)
        down, _ = np.histogram(others, bins)
        width = np.diff(bins)
        axes.bar(bins[:-1], up, width, align="edge", color=TREATED, ec="white", label=many)
        axes.bar(bins[:-1], -down, width, align="edge", color=CONTROL, ec="white", label="Others")
        axes.axhline(0, color=INK, linewidth=0.8)
        axes.set_xlim(0, bins[-1])
        axes.set_ylabel("Cities")
        axes.set_xlabel("Propensity score")
        axes.yaxis.set_major_formatter(lambda value, _: f"{abs(value):.0f}")
        axes.yaxis.get_major_locator().set_params(integer=True)
        figure.legend(loc="lower left", ncols=2, bbox_to_anchor=(0.005, -0.01))
        return picture(
            figure,
            f"common-support-{outcome}" if outcome else "common-support",
            f"Propensity scores of {called.many} and others"
            + (f", cities with {short(outcome)}" if outcome else ""),
            (
                f"Histogram of scores, {called.many} up and others down. {many} run from "
                f"{interval(pilots.min(), pilots.max(), 2)} with a mean of "
                f"{fixed(pilots.mean(), 2)}, others from "
                f"{interval(others.min(), others.max(), 2)} with a mean of "
                f"{fixed(others.mean(), 2)}."
            ),
            notes=(
                f"{probability}, from the means of the years before.",
                "Where one group has no bar, there is nothing to compare.",
            ),
            synthetic=synthetic,
        )
