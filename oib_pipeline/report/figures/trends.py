"""Means of the outcomes in treated and other cities through time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from oib_pipeline.report.blocks import Figure
from oib_pipeline.report.called import Called
from oib_pipeline.report.figures.style import CONTROL, TREATED, picture, policy_line, sheet
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.labels import label
from oib_pipeline.report.numbers import number
from oib_pipeline.report.text import capital


def groups(called: Called) -> tuple[tuple[int, str, str, str], ...]:
    """Each group of cities: treated or not, its name, colour and marker."""
    own = called.city if called.count == 1 else called.cities
    return (1, capital(own), TREATED, "o"), (0, "Other cities", CONTROL, "s")


def trends_figure(inputs: ReportInputs) -> Figure:
    """One panel an outcome: the mean of each group with its 95 % interval across cities."""
    outcomes, called = list(inputs.study.outcomes), inputs.called
    with sheet(
        2.9,
        left=0.55,
        top=0.32,
        bottom=0.72,
        columns=len(outcomes),
        gap=0.62,
        squeeze=False,
    ) as (figure, grid):
        parts = []
        for axes, outcome in zip(grid.flat, outcomes, strict=True):
            means = _means(inputs.panel, outcome)
            _panel(axes, means, outcome, inputs.start, called)
            parts.append(_words(means, outcome, called))
        handles, names = grid.flat[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="lower left", ncols=2, bbox_to_anchor=(0.005, -0.01))
        return picture(
            figure,
            "trends",
            f"{capital(called.kind)} and other cities through time",
            f"Two lines a panel, {called.kind} and other cities, by year. " + " ".join(parts),
            notes=(
                "Means across cities with 95% intervals.",
                "Levels may differ; without the policy both groups are assumed to move in step.",
            ),
            synthetic=inputs.synthetic,
        )


def _means(panel: pd.DataFrame, outcome: str) -> pd.DataFrame:
    grouped = panel.groupby(["treated", "year"])[outcome].agg(["mean", "std", "count"])
    grouped["half"] = 1.96 * grouped["std"] / np.sqrt(grouped["count"])
    return grouped.reset_index()


def _panel(axes: Any, means: pd.DataFrame, outcome: str, start: int, called: Called) -> None:
    axes.grid(axis="y")
    for treated, name, colour, marker in groups(called):
        line = means[means["treated"] == treated]
        axes.fill_between(
            line["year"],
            line["mean"] - line["half"],
            line["mean"] + line["half"],
            color=colour,
            alpha=0.14,
            linewidth=0,
        )
        axes.plot(
            line["year"],
            line["mean"],
            marker=marker,
            markersize=4,
            color=colour,
            linewidth=1.6,
            label=name,
        )
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.14 * (high - low))
    policy_line(axes, start, f"policy, {start}")
    years = sorted(means["year"].astype(int).unique())
    step = 1 if len(years) <= 6 else 2
    axes.set_xticks(years[::step])
    axes.set_title(label(outcome).short)


def _words(means: pd.DataFrame, outcome: str, called: Called) -> str:
    first, last = means["year"].min(), means["year"].max()
    value = means.set_index(["treated", "year"])["mean"]
    said = ", ".join(
        f"{name.lower()} from {number(value[treated, first])} to {number(value[treated, last])}"
        for treated, name, _, _ in groups(called)
        if (treated, first) in value and (treated, last) in value
    )
    return f"{label(outcome).short} {first} to {last}: {said}."
