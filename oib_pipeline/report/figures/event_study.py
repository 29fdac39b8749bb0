"""Effects by year."""

from __future__ import annotations

from typing import Any

import pandas as pd

from oib_pipeline.report.document.blocks import Figure
from oib_pipeline.report.document.format_numbers import number, p_phrase, signed
from oib_pipeline.report.document.labels import base_words, label
from oib_pipeline.report.figures.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    picture,
    policy_line,
    sheet,
)


def event_study_figure(
    effects: pd.DataFrame,
    start: int,
    *,
    name: str,
    synthetic: bool,
    title: str = "",
) -> Figure:
    """Effects of one outcome and model.

    ``effects``: rows with year, estimate, ci_low, ci_high, joint_low, joint_high; pretrend_p and
    base the same in each. The reference year, where there is one, is drawn at zero.
    """
    effects = effects.sort_values("year")
    outcome = label(str(effects["outcome"].iloc[0]))
    base = str(effects["base"].iloc[0]) if "base" in effects else ""
    reference = _reference(effects)
    with sheet(3.5, left=0.75, bottom=0.92, top=0.12) as (figure, axes):
        axes.axhline(0, color=INK, linewidth=0.8, zorder=1)
        axes.grid(axis="y")
        axes.vlines(
            effects["year"],
            effects["joint_low"],
            effects["joint_high"],
            color=LIGHT,
            linewidth=9,
            label="95% joint band (sup-t)",
        )
        axes.vlines(
            effects["year"],
            effects["ci_low"],
            effects["ci_high"],
            color=BLUE,
            linewidth=2,
            label="95% pointwise interval",
        )
        before = effects["year"] < start
        axes.plot(
            effects["year"][~before],
            effects["estimate"][~before],
            "o",
            color=BLUE,
            markersize=6,
            label="Estimate",
        )
        axes.plot(
            effects["year"][before],
            effects["estimate"][before],
            "o",
            color=BLUE,
            markerfacecolor="white",
            markeredgewidth=1.4,
            markersize=6,
        )
        if reference is not None:
            axes.plot([reference], [0], "D", color=GREY, markersize=6, label="Reference year")
        policy_line(axes, start, f"policy begins in {start}")
        years = sorted({*effects["year"].astype(int), *([] if reference is None else [reference])})
        axes.set_xticks(years, [f"{year}\n{signed(year - start)}" for year in years])
        axes.set_xlim(years[0] - 0.5, years[-1] + 0.5)
        _room_above(axes)
        axes.set_xlabel("Year, and years since the policy began", labelpad=3)
        axes.set_ylabel(f"Effect on {outcome.short}")
        figure.legend(loc="lower left", ncols=4, bbox_to_anchor=(0.005, -0.005), columnspacing=1.2)
        return picture(
            figure,
            name,
            title or f"Effect of the policy on {outcome.short}, year by year",
            _alt(effects, outcome.short, start),
            notes=_notes(effects, base, start),
            synthetic=synthetic,
        )


def _reference(effects: pd.DataFrame) -> int | None:
    years = set(effects["year"].astype(int))
    gaps = sorted(set(range(min(years), max(years) + 1)) - years)
    return gaps[0] if len(gaps) == 1 else None


def _room_above(axes: object, share: float = 0.12) -> None:
    low, high = axes.get_ylim()  # type: ignore[attr-defined]
    axes.set_ylim(low, high + share * (high - low))  # type: ignore[attr-defined]


def _alt(effects: pd.DataFrame, outcome: str, start: int) -> str:
    parts = [
        f"{int(row.year)}: {number(row.estimate)} ({number(row.ci_low)} to {number(row.ci_high)})"
        for row in effects.itertuples()
    ]
    return (
        f"Points with intervals: effect on {outcome} by year, the policy beginning in {start}. "
        + "; ".join(parts)
        + "."
    )


def _notes(effects: pd.DataFrame, base: str, start: int) -> tuple[str, ...]:
    notes = [f"Effects relative to {base_words(base)}." if base else ""]
    notes.append(
        "Thin bars hold each year's effect with 95% confidence on its own; the wide grey bars hold "
        "all years' effects at once with 95% confidence."
    )
    if "pretrend_p" in effects and effects["pretrend_p"].notna().any():
        first = effects.iloc[0]
        notes.append(
            f"Joint test that every effect before {start} is zero: "
            f"F({int(first.pretrend_df)}, {int(first.pretrend_df_denominator)}) = "
            f"{first.pretrend_statistic:.2f}, {p_phrase(first.pretrend_p)}."
        )
    return tuple(note for note in notes if note)


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
