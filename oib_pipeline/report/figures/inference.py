"""Forest plot by region, permutation distribution."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from oib_pipeline.contract.counting import plural
from oib_pipeline.report.document.blocks import Figure
from oib_pipeline.report.document.format_numbers import fixed, interval, number, p_phrase
from oib_pipeline.report.document.labels import TREATED_CITY, label, short
from oib_pipeline.report.document.treated import Called
from oib_pipeline.report.figures.style import GREY, INK, LIGHT, REGIONS, TREATED, picture, sheet
from oib_pipeline.report.text.headline import Headline


def forest_figure(
    regional: pd.DataFrame,
    heads: list[Headline],
    outcomes: list[str],
    *,
    called: Called = TREATED_CITY,
    synthetic: bool,
) -> Figure:
    """One panel an outcome: each region's estimate with its interval, all cities below.

    ``regional``: rows of the treatment with group, estimate, ci_low, ci_high, n_treated, n_control.
    """
    groups = list(dict.fromkeys(regional["group"]))
    whole = {head.outcome: head for head in heads}
    with sheet(
        1.3 + 0.36 * (len(groups) + 1), left=1.75, top=0.32, bottom=0.5,
        columns=len(outcomes), gap=0.25, squeeze=False, sharey=True,
    ) as (figure, grid):  # fmt: skip
        for axes, outcome in zip(grid.flat, outcomes, strict=True):
            rows = regional[regional["outcome"] == outcome].set_index("group").reindex(groups)
            _panel(axes, rows, whole.get(outcome))
            axes.set_title(f"Effect on {short(outcome)}")
        _sides(grid.flat[0], regional, groups, called)
        return picture(
            figure,
            "regions",
            "The effect by region",
            _forest_alt(regional, outcomes),
            notes=_notes(regional, outcomes, called),
            synthetic=synthetic,
        )


def _panel(axes: Any, rows: pd.DataFrame, head: Headline | None) -> None:
    axes.axvline(0, color=INK, linewidth=0.8, zorder=1)
    for position, (group, row) in enumerate(rows.iterrows()):
        at = len(rows) - position
        if pd.isna(row["estimate"]):
            axes.text(0, at, " not estimated", va="center", size=8, color=GREY)
            continue
        colour = REGIONS.get(str(group), GREY)
        axes.hlines(at, row["ci_low"], row["ci_high"], color=colour, linewidth=2.2)
        axes.plot([row["estimate"]], [at], "s", color=colour, markersize=6)
    if head is not None:
        axes.hlines(0, head.ci_low, head.ci_high, color=INK, linewidth=2.2)
        axes.plot([head.estimate], [0], "D", color=INK, markersize=6.5)
        axes.axvline(head.estimate, color=GREY, linewidth=0.9, linestyle=(0, (2, 2)), zorder=1)
    axes.grid(axis="x")
    axes.set_ylim(-0.6, len(rows) + 0.6)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.locator_params(axis="x", nbins=5)


def _sides(axes: Any, regional: pd.DataFrame, groups: list[str], called: Called) -> None:
    first = regional.drop_duplicates("group").set_index("group")
    counts = first.loc[groups, ["n_treated", "n_control"]].astype(int).itertuples(name=None)
    names = [
        f"{group}\n{called.counted(treated)}, {plural(others, 'other')}"
        for group, treated, others in counts
    ]
    axes.set_yticks([*range(len(groups), 0, -1), 0], [*names, "All cities"])


def _forest_alt(regional: pd.DataFrame, outcomes: list[str]) -> str:
    parts = []
    for outcome in outcomes:
        rows = regional[regional["outcome"] == outcome]
        values = ", ".join(
            f"{row.group} {number(row.estimate)} ({interval(row.ci_low, row.ci_high)})"
            for row in rows.itertuples()
        )
        parts.append(f"{short(outcome)}: {values}.")
    return "Estimates by region with 95% intervals. " + " ".join(parts)


def _notes(regional: pd.DataFrame, outcomes: list[str], called: Called) -> tuple[str, ...]:
    narrow = f"which are too narrow with few {called.many}"
    notes = [f"95% intervals from clustered standard errors, {narrow}."]
    for outcome in outcomes:
        rows = regional[regional["outcome"] == outcome]
        if len(rows) and "joint_p_permuted" in rows and pd.notna(rows["joint_p_permuted"].iloc[0]):
            notes.append(f"{short(outcome)}: {_test(rows.iloc[0])}.")
    return tuple(notes)


def _test(row: pd.Series) -> str:
    text = "test that the regions’ effects are equal: "
    if "joint_p" in row and pd.notna(row["joint_p"]):
        text += (
            f"F({int(row['joint_df'])}, {int(row['joint_df_denominator'])}) = "
            f"{row['joint_statistic']:.2f}, {p_phrase(row['joint_p'])}; "
        )
    return f"{text}by permutation {p_phrase(row['joint_p_permuted'])}"


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
            _placebo_alt(draws, observed, outcome.short),
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


def _placebo_alt(draws: pd.DataFrame, observed: pd.Series, outcome: str) -> str:
    low, high = draws["coefficient"].quantile([0.025, 0.975])
    return (
        f"Two histograms of placebo draws for {outcome}, of t statistics and of estimates. 95% of "
        f"drawn estimates lie between {number(low)} and {number(high)}; the actual one is "
        f"{number(observed['estimate'])}, with a t statistic of {fixed(observed['t'], 2)}."
    )
