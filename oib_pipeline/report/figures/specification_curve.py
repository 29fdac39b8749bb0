"""The curve with its choices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from oib_pipeline.report.document.blocks import Figure
from oib_pipeline.report.document.format_numbers import number, p_phrase, percent, whole
from oib_pipeline.report.document.labels import TREATED_CITY, short
from oib_pipeline.report.document.treated import Called
from oib_pipeline.report.figures.style import BLUE, GREY, INK, LIGHT, VERMILION, picture, sheet
from oib_pipeline.report.tables.columns import draws_note
from oib_pipeline.report.text.headline import Headline

PREFIX = "choice_"
OPTIONS = {"True": "yes", "False": "no", "None": "none", "": "as in the baseline"}
MEANINGS = {
    "without employment jumps": (
        "Without employment jumps: without cities where a sector’s share of employment moves by "
        "more than 10 points in a year, as it does when a source counts other workers."
    ),
}
DEMONSTRATION = "demonstration areas controlled"


def meanings(frame: pd.DataFrame, panel: pd.DataFrame, called: Called) -> list[str]:
    """What options that do not explain themselves mean, where the frame takes them."""
    taken = {option for listed in options(frame).values() for option in listed}
    said = [text for option, text in MEANINGS.items() if option in taken]
    return [*said, *([_demonstration(panel, called)] if DEMONSTRATION in taken else [])]


def _demonstration(panel: pd.DataFrame, called: Called) -> str:
    """When and where the demonstration areas are in force, beside the study's own policy."""
    under = panel[panel["demonstration"] == 1]
    later = under["year"].min() > panel.loc[panel["did"] == 1, "year"].min()
    groups = set(under["treated"])
    where = {1: called.many, 0: "other cities"}
    place = f"{called.many} and others alike" if len(groups) > 1 else where[groups.pop()]
    return (
        f"Demonstration areas: {'a later' if later else 'another'} policy in force in {place}; "
        "controlled for, or their cities left out."
    )


def choices(frame: pd.DataFrame) -> list[str]:
    """Columns ``choice_<dimension>`` that vary between specifications, in the frame's order."""
    return [
        name
        for name in frame.columns
        if name.startswith(PREFIX) and len(set(frame[name].astype(str))) > 1
    ]


def options(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Options of each choice that varies, in the order the frame first takes them."""
    return {name: list(dict.fromkeys(frame[name].astype(str))) for name in choices(frame)}


def choice_words(name: str, option: str) -> tuple[str, str]:
    """A choice and one of its options, as people read them."""
    dimension = name.removeprefix(PREFIX).replace("_", " ")
    words = (short(word) if "_" in word else word for word in OPTIONS.get(option, option).split())
    return dimension, " ".join(words).replace("_", " ")


ALPHA = 0.05
CURVE = {
    "median estimate": "its median estimate",
    "significant with the median's sign": "how many differ from zero with the median’s sign",
    "Stouffer's Z": "Stouffer’s Z of its t statistics",
}


def specification_figure(
    frame: pd.DataFrame,
    head: Headline | None,
    test: pd.DataFrame,
    *,
    called: Called = TREATED_CITY,
    synthetic: bool,
) -> Figure:
    """Estimates of one outcome with intervals, and under each the choices that made it.

    ``frame``: one row a specification with estimate, ci_low, ci_high, p_t or p, and choice_
    columns; ``test``: statistic and p of the curve as a whole, or nothing.
    """
    order = options(frame)
    frame = frame.sort_values("estimate", kind="stable").reset_index(drop=True)
    rows = _rows(frame, order)
    upper, lower = 2.3, 0.155 * len(rows) + 0.1
    outcome = short(str(frame["outcome"].iloc[0]))
    with sheet(
        upper + lower + 0.75, left=1.95, top=0.12, bottom=0.52, rows=2, vertical=0.12,
        sharex=True, height_ratios=[upper, lower],
    ) as (figure, (top, bottom)):  # fmt: skip
        _curve(top, frame, head, outcome)
        _panel(bottom, rows, len(frame))
        figure.legend(
            *top.get_legend_handles_labels(),
            loc="lower left",
            ncols=3,
            bbox_to_anchor=(0.005, -0.002),
        )
        return picture(
            figure,
            f"specification-curve-{frame['outcome'].iloc[0]}",
            f"Specification curve: effect on {outcome} under {whole(len(frame))} ways to estimate",
            _alt(frame, outcome),
            notes=_notes(frame, test, called),
            synthetic=synthetic,
        )


def significant(frame: pd.DataFrame) -> pd.Series:
    """Which estimates differ from zero at 5 %, by permutation where that was done."""
    p = frame["p_t"] if "p_t" in frame and frame["p_t"].notna().any() else frame["p"]
    return p < ALPHA


def _rows(
    frame: pd.DataFrame, order: dict[str, list[str]]
) -> list[tuple[str, str, np.ndarray, bool]]:
    """Choice, option, positions that took it, whether it opens a choice."""
    rows = []
    for name, listed in order.items():
        values = frame[name].astype(str)
        for position, option in enumerate(listed):
            at = np.flatnonzero(values == option)
            rows.append((*choice_words(name, option), at, position == 0))
    return rows


def _curve(axes: Any, frame: pd.DataFrame, head: Headline | None, outcome: str) -> None:
    at = np.arange(len(frame))
    sure = significant(frame).to_numpy()
    axes.plot(*_strokes(at, frame["ci_low"], frame["ci_high"]), color=LIGHT, linewidth=1.1)
    axes.axhline(0, color=INK, linewidth=0.8)
    for mark, colour, text in (
        (sure, BLUE, "differs from zero (p < 0.05)"),
        (~sure, GREY, "does not"),
    ):
        axes.plot(at[mark], frame["estimate"][mark], "o", color=colour, markersize=2.6, label=text)
    if head is not None:
        axes.axhline(
            head.estimate, color=VERMILION, linewidth=1.1, linestyle=(0, (4, 3)), label="headline"
        )
    axes.grid(axis="y")
    axes.set_ylabel(f"Effect on {outcome}")
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.spines["bottom"].set_visible(False)


def _panel(axes: Any, rows: list[tuple[str, str, np.ndarray, bool]], n: int) -> None:
    for position, (_, _, at, opens) in enumerate(rows):
        axes.plot(*_strokes(at, position - 0.34, position + 0.34), color=INK, linewidth=0.9)
        if opens and position:
            axes.axhline(position - 0.5, color=LIGHT, linewidth=0.7)
    axes.set_yticks(
        range(len(rows)),
        [f"{name}: {option}" if opens else option for name, option, _, opens in rows],
        size=7.5,
    )
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(-0.02 * n - 0.5, 1.02 * n - 0.5)
    axes.tick_params(length=0, labelbottom=False)
    axes.spines[:].set_visible(False)


def _strokes(at: Any, low: Any, high: Any) -> tuple[np.ndarray, np.ndarray]:
    """Upright strokes as one line with breaks, so that they are one element of the drawing."""
    low, high = np.broadcast_to(low, len(at)), np.broadcast_to(high, len(at))
    x = np.column_stack([at, at, np.full(len(at), np.nan)]).ravel()
    return x, np.column_stack([low, high, np.full(len(at), np.nan)]).ravel()


def _alt(frame: pd.DataFrame, outcome: str) -> str:
    sure = significant(frame)
    return (
        f"{whole(len(frame))} estimates of the effect on {outcome} in order of size, from "
        f"{number(frame['estimate'].min())} to {number(frame['estimate'].max())}, median "
        f"{number(frame['estimate'].median())}; {percent(sure.mean())} differ from zero at 5%. "
        "Below, a panel marks the choices behind each."
    )


def _notes(frame: pd.DataFrame, test: pd.DataFrame, called: Called) -> tuple[str, ...]:
    notes = ["Each point is one specification; the strokes below it name its choices."]
    if "p_t" in frame and frame["p_t"].notna().any():
        notes.append(
            f"An estimate counts as different from zero where p < {ALPHA}, p by permutation of "
            f"which cities are {called.being}, from t."
        )
        notes += draws_note(frame)
    else:
        notes.append(
            f"An estimate counts as different from zero where p < {ALPHA}, p from clustered errors."
        )
    for row in test.itertuples():
        name = CURVE.get(str(row.statistic), str(row.statistic))
        if pd.isna(row.p):
            notes.append(f"The whole curve by {name}: not defined.")
            continue
        notes.append(f"The whole curve against redrawn ones, by {name}: {p_phrase(row.p)}.")
    return tuple(notes)
