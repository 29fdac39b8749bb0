"""Love plot and common support."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.report.document.blocks import Figure
from oib_pipeline.report.document.format_numbers import fixed, interval
from oib_pipeline.report.document.labels import TREATED_CITY, capital, method_words, short
from oib_pipeline.report.document.treated import Called
from oib_pipeline.report.figures.style import (
    BLUE,
    CONTROL,
    GREEN,
    GREY,
    INK,
    PURPLE,
    TREATED,
    VERMILION,
    picture,
    sheet,
)

MARKS = {"nearest": ("D", BLUE), "kernel": ("s", GREEN), "radius": ("^", PURPLE)}
GOOD = 0.1


def love_figure(
    balance: pd.DataFrame, *, synthetic: bool, outcome: str = "", called: Called = TREATED_CITY
) -> Figure:
    """Rows are covariates; marks are |standardised difference| before and after each method.

    ``outcome`` is named where the cities matched differ between outcomes.
    """
    covariates = list(dict.fromkeys(balance["covariate"]))
    place = {name: len(covariates) - 1 - position for position, name in enumerate(covariates)}
    with sheet(1.35 + 0.36 * len(covariates), left=1.65, top=0.12, bottom=0.98) as (figure, axes):
        before = balance.drop_duplicates("covariate")
        axes.plot(
            before["std_diff_before"].abs(),
            before["covariate"].map(place),
            "o",
            markerfacecolor="white",
            color=VERMILION,
            markersize=7,
            markeredgewidth=1.6,
            label="Before matching",
        )
        methods = list(dict.fromkeys(balance["method"]))
        for position, method in enumerate(methods):
            rows = balance[balance["method"] == method]
            marker, colour = MARKS.get(method, ("v", INK))
            shift = 0.16 * (position - (len(methods) - 1) / 2)
            axes.plot(
                rows["std_diff_after"].abs(),
                rows["covariate"].map(place) - shift,
                marker,
                color=colour,
                markersize=5.5,
                label=f"After: {method_words(method)}",
            )
        axes.axvline(GOOD, color=GREY, linewidth=1, linestyle=(0, (4, 3)))
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set_yticks(list(place.values()), [short(name) for name in place])
        axes.set_ylim(-0.6, len(covariates) - 0.4)
        axes.set_xlim(left=-0.015)
        axes.grid(axis="both")
        axes.set_xlabel(f"Absolute standardised difference of means, {called.many} and others")
        figure.legend(loc="lower left", ncols=4, bbox_to_anchor=(0.005, 0), columnspacing=1.2)
        return picture(
            figure,
            f"love-plot-{outcome}" if outcome else "love-plot",
            f"How alike {called.many} and others are, before and after matching"
            + (f", cities with {short(outcome)}" if outcome else ""),
            _alt(balance),
            notes=(
                "Difference of means over the pooled standard deviation before matching.",
                f"The dashed line at {GOOD} is the usual mark of a good match.",
            ),
            synthetic=synthetic,
        )


def _alt(balance: pd.DataFrame) -> str:
    parts = []
    for name, rows in balance.groupby("covariate", sort=False):
        after = ", ".join(
            f"{fixed(abs(row.std_diff_after), 2)} after {method_words(row.method)}"
            for row in rows.itertuples()
        )
        parts.append(f"{short(name)} {fixed(abs(rows['std_diff_before'].iloc[0]), 2)}, {after}")
    return "Standardised differences. " + "; ".join(parts) + "."


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
