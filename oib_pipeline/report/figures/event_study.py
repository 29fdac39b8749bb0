"""Effects by year with pointwise intervals and joint bands."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.blocks import Figure
from oib_pipeline.report.figures.style import BLUE, GREY, INK, LIGHT, picture, policy_line, sheet
from oib_pipeline.report.labels import base_words, label
from oib_pipeline.report.numbers import number, p_phrase, signed


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
