"""Effects in each policy year against the mean of the years before, without and with controls."""

from __future__ import annotations

from typing import Any

import pandas as pd

from oib_pipeline.report.blocks import Figure
from oib_pipeline.report.figures.style import BLUE, INK, ORANGE, picture, sheet
from oib_pipeline.report.labels import base_words, label
from oib_pipeline.report.numbers import number

LOOKS = (("Without controls", ORANGE, "s", -0.13), ("With controls", BLUE, "o", 0.13))


def dynamic_figure(frame: pd.DataFrame, outcomes: list[str], *, synthetic: bool) -> Figure:
    """One panel an outcome, one series a model, with pointwise 95 % intervals."""
    effects = frame[frame["event_time"].notna()]
    terms = frame.groupby(["outcome", "model"])["term"].size()
    with sheet(
        2.9, left=0.62, top=0.32, bottom=0.72, columns=len(outcomes), gap=0.72, squeeze=False
    ) as (figure, grid):
        said, shown = [], {}
        for axes, outcome in zip(grid.flat, outcomes, strict=True):
            for model, part in effects[effects["outcome"] == outcome].groupby("model", sort=False):
                part = part.sort_values("year")
                look = LOOKS[int(terms[outcome, model] > len(part))]
                shown[look[0]] = _series(axes, part, look)
                said.append(_words(part, outcome, look[0]))
            _finish(axes, outcome, sorted(effects["year"].astype(int).unique()))
        figure.legend(
            list(shown.values()),
            list(shown),
            loc="lower left",
            ncols=2,
            bbox_to_anchor=(0.005, -0.01),
        )
        base = base_words(str(effects["base"].iloc[0]))
        return picture(
            figure,
            "dynamic",
            "Effects in each year of the policy",
            "Points with intervals by policy year. " + " ".join(said),
            notes=(f"Effects relative to {base}, with 95% intervals.",),
            synthetic=synthetic,
        )


def _series(axes: Any, part: pd.DataFrame, look: tuple[str, str, str, float]) -> Any:
    _, colour, marker, shift = look
    at = part["year"].astype(float) + shift
    axes.vlines(at, part["ci_low"], part["ci_high"], color=colour, linewidth=1.8)
    return axes.plot(at, part["estimate"], marker, color=colour, markersize=5)[0]


def _finish(axes: Any, outcome: str, years: list[int]) -> None:
    axes.axhline(0, color=INK, linewidth=0.8, zorder=1)
    axes.grid(axis="y")
    axes.set_xticks(years)
    axes.set_xlim(years[0] - 0.5, years[-1] + 0.5)
    axes.set_title(f"Effect on {label(outcome).short}")


def _words(part: pd.DataFrame, outcome: str, which: str) -> str:
    values = ", ".join(f"{int(row.year)} {number(row.estimate)}" for row in part.itertuples())
    return f"{label(outcome).short}, {which.lower()}: {values}."
