"""Effects by region, side by side with the effect for all."""

from __future__ import annotations

from typing import Any

import pandas as pd

from oib_pipeline.contract.counting import plural
from oib_pipeline.report.blocks import Figure
from oib_pipeline.report.called import Called
from oib_pipeline.report.figures.style import GREY, INK, REGIONS, picture, sheet
from oib_pipeline.report.headline import Headline
from oib_pipeline.report.labels import TREATED_CITY, short
from oib_pipeline.report.numbers import interval, number, p_phrase


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
            _alt(regional, outcomes),
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


def _alt(regional: pd.DataFrame, outcomes: list[str]) -> str:
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
