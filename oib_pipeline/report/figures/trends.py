"""Outcome trends, pilots, policy timeline."""

from __future__ import annotations

import re
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd

from oib_pipeline.contract.counting import noun
from oib_pipeline.report.document.blocks import Figure
from oib_pipeline.report.document.format_numbers import month, number
from oib_pipeline.report.document.labels import capital, label, short, visible
from oib_pipeline.report.document.treated import Called
from oib_pipeline.report.figures.placement import Panels, joined, rulers, uprights
from oib_pipeline.report.figures.style import (
    BLUE,
    CONTROL,
    GREY,
    INK,
    PALE,
    TREATED,
    VERMILION,
    picture,
    policy_line,
    sheet,
)
from oib_pipeline.report.inputs import ReportInputs, pairs


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
            parts.append(_trend_words(means, outcome, called))
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


def _trend_words(means: pd.DataFrame, outcome: str, called: Called) -> str:
    first, last = means["year"].min(), means["year"].max()
    value = means.set_index(["treated", "year"])["mean"]
    said = ", ".join(
        f"{name.lower()} from {number(value[treated, first])} to {number(value[treated, last])}"
        for treated, name, _, _ in groups(called)
        if (treated, first) in value and (treated, last) in value
    )
    return f"{label(outcome).short} {first} to {last}: {said}."


LINE = 54  # characters of a label before it wraps
ROW = 0.31  # inches
ROOM = 5.2  # years that a label needs to its right


def timeline_figure(inputs: ReportInputs) -> Figure:
    """A row a document, at its month (or over its year), with what it does beside it."""
    documents = inputs.registry.documents_of(inputs.study.policy)
    own = set(inputs.registry.policy(inputs.study.policy)["document"])
    first, last = inputs.study.year_list[0], inputs.study.year_list[-1]
    dates = [_span(str(date)) for date in documents["date"]]
    left = min(first, *(begin for begin, _ in dates)) - 0.3
    right = max(last + 1, *(end for _, end in dates)) + 0.3
    with sheet(0.85 + ROW * len(documents), left=0.3, right=0.3, top=0.12, bottom=0.55) as (
        figure,
        axes,
    ):
        axes.axvspan(first, last + 1, color=PALE, zorder=0, linewidth=0)
        late = [row for row, (_, end) in enumerate(dates) if end >= inputs.start]
        top = (late[0] if late else len(dates)) - 0.5
        axes.vlines(
            inputs.start, top, len(documents), color=VERMILION, linewidth=1, linestyle=(0, (4, 3))
        )
        for row, (record, (begin, end)) in enumerate(
            zip(documents.itertuples(), dates, strict=True)
        ):
            _mark(axes, row, begin, end, own=record.document in own)
            _label(axes, row, begin, end, _timeline_words(record), right - ROOM)
        axes.set_xlim(left, right)
        axes.set_ylim(len(documents) - 0.4, -0.9)
        axes.set_yticks([])
        years = range(int(first), int(right) + 1)
        axes.set_xticks([year + 0.5 for year in years], [str(year) for year in years])
        axes.tick_params(axis="x", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(
            f"Shaded: the years of the panel. Dashed: {inputs.start}, the first year of the policy",
            labelpad=4,
        )
        return picture(
            figure,
            "policy-timeline",
            "The policy’s documents through time",
            _timeline_alt(documents, inputs.start),
            notes=_timeline_notes(own, dates),
        )


def _timeline_notes(own: set[str], dates: list[tuple[float, float]]) -> tuple[str, ...]:
    begins = f"Orange: the {noun(own, 'document')} this study takes as the policy’s beginning."
    bar = " Bar: only the year is known." if any(end > begin for begin, end in dates) else ""
    return f"{begins}{bar}", "Titles and issuers are in [[policy-documents]]."


def _span(date: str) -> tuple[float, float]:
    """Where a date lies on the axis of years; a year alone is a span."""
    found = re.match(r"(\d{4})(?:-(\d{2}))?", date)
    if not found:
        raise ValueError(f"a policy document is dated {date!r}; give a year or year-month")
    if not found[2]:
        return float(found[1]), float(found[1]) + 1
    at = int(found[1]) + (int(found[2]) - 0.5) / 12
    return at, at


def _mark(axes: Any, row: int, begin: float, end: float, *, own: bool) -> None:
    colour = VERMILION if own else INK
    if end > begin:
        axes.hlines(row, begin + 0.04, end - 0.04, color=colour, linewidth=3.5)
    else:
        axes.plot([begin], [row], "D" if own else "o", color=colour, markersize=7 if own else 5)


def _label(axes: Any, row: int, begin: float, end: float, words: str, last: float) -> None:
    right = begin < last
    axes.annotate(
        "\n".join(wrap(words, LINE)),
        (end if right else begin, row),
        xytext=(7 if right else -7, 0),
        textcoords="offset points",
        ha="left" if right else "right",
        va="center",
        size=7.5,
        linespacing=1.05,
    )


def _timeline_words(record: Any) -> str:
    when = month(str(record.date)).replace("\u00a0", " ")
    return visible(f"{when}: {record.what_it_does}")


def _timeline_alt(documents: pd.DataFrame, start: int) -> str:
    said = "; ".join(_timeline_words(record) for record in documents.itertuples())
    return f"Timeline of policy documents, the policy beginning in {start}. {said}."


COLUMNS = 7
TOP, BOTTOM = 0.36, 0.58  # inches
LOOKS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("region", "Other cities of its region", {"color": GREY, "ls": (0, (1, 1.2)), "lw": 1.3}),
    ("matched", "Its matched cities", {"color": BLUE, "ls": (0, (5, 2)), "lw": 1.3}),
    ("own", "The {one}", {"color": TREATED, "lw": 1.9, "marker": "o", "ms": 2.2}),
)


def pilots_figure(inputs: ReportInputs, outcome: str) -> Figure | None:
    """One panel a pilot, all on one scale, by region; None where no pilot has a value."""
    paths = pilot_paths(inputs, outcome)
    if not paths:
        return None
    called, matched = inputs.called, any(x["matched"] is not None for _, x in paths)
    beside = ", its region and its matched cities" if matched else " and of its region"
    levels, ends = _scale(paths)
    years = inputs.study.year_list
    span = (years[0] - 0.5, years[-1] + 0.5)
    panels = Panels(COLUMNS, 0.745, 0.76, 0.11, 0.5, span, ends)
    height = panels.size(len(paths))[1] + TOP + BOTTOM
    with sheet(height, left=0.42, right=0.2, top=TOP, bottom=BOTTOM) as (figure, axes):
        panels.open(axes, len(paths))
        rulers(axes, panels, len(paths), levels)
        uprights(axes, panels, len(paths), inputs.start - 0.5)
        for key, words, look in LOOKS:
            said = words.format(one=called.one)
            _lines(axes, panels, [lines[key] for _, lines in paths], said, look)
        for place, (name, _) in enumerate(paths):
            panels.title(axes, place, visible(name), 6.6)
            if place >= len(paths) - COLUMNS:
                panels.years(axes, place, [years[0], years[-1]])
        handles, names = axes.get_legend_handles_labels()
        figure.legend(
            handles[::-1], names[::-1], loc="lower left", ncols=3, bbox_to_anchor=(0.005, -0.004)
        )
        return picture(
            figure,
            f"pilots-{outcome}",
            f"{short(outcome)} of {'the' if len(paths) == 1 else 'each'} {called.one}{beside}",
            _pilots_alt(paths, outcome, called, matched),
            notes=_pilots_notes(inputs, matched),
            synthetic=inputs.synthetic,
        )


def pilot_paths(
    inputs: ReportInputs, outcome: str
) -> list[tuple[str, dict[str, pd.Series | None]]]:
    """Each pilot with its outcome by year and the means of its region and its matches."""
    panel = inputs.panel
    wide = panel.pivot_table(index="year", columns="city_code", values=outcome, dropna=False)
    columns = ["city_code", "city", "region", "treated"]
    cities = panel[columns].drop_duplicates("city_code").set_index("city_code")
    others = cities[cities["treated"] == 0]
    near = pairs(inputs.frame("scores"), inputs.study, outcome)
    found: list[tuple[str, dict[str, pd.Series | None]]] = []
    pilots = cities[cities["treated"] == 1].sort_values(["region", "city"], kind="stable")
    for code, row in pilots.iterrows():
        if code not in wide or wide[code].isna().all():
            continue
        region = others.index[others["region"] == row["region"]].intersection(wide.columns)
        matched = [one for one in near.loc[near["pilot"] == code, "control"] if one in wide]
        lines = {
            "region": wide[region].mean(axis=1) if len(region) else None,
            "matched": wide[matched].mean(axis=1) if matched else None,
            "own": wide[code],
        }
        found.append((f"{row['city']}\n{row['region']}", lines))
    return found


def _scale(paths: list[tuple[str, dict[str, Any]]]) -> tuple[list[float], tuple[float, float]]:
    """Round levels, and the ends of the one scale."""
    from matplotlib.ticker import MaxNLocator

    values = pd.concat([path for _, lines in paths for path in lines.values() if path is not None])
    low, high = float(values.min()), float(values.max())
    spare = 0.06 * (high - low or 1.0)
    levels = MaxNLocator(4).tick_values(low, high)
    inside = [float(round(level, 10)) for level in levels if low - spare < level < high + spare]
    return inside, (low - spare, high + spare)


def _lines(axes: Any, panels: Panels, paths: list[Any], words: str, look: dict[str, Any]) -> None:
    """One kind of line in every panel that has it."""
    held = [(place, path) for place, path in enumerate(paths) if path is not None]
    if held:
        x = joined([panels.across(place, path.index) for place, path in held])
        y = joined([panels.down(place, path) for place, path in held])
        axes.plot(x, y, label=words, **look)


def _pilots_alt(
    paths: list[tuple[str, dict[str, Any]]], outcome: str, called: Called, matched: bool
) -> str:
    said = []
    for name, lines in paths:
        own = lines["own"].dropna()
        name = name.replace("\n", ", ")
        near = lines["region"].reindex(own.index) if lines["region"] is not None else None
        beside = f", region {number(near.iloc[-1] - near.iloc[0])}" if near is not None else ""
        said.append(f"{name} {number(own.iloc[-1] - own.iloc[0])}{beside}")
    return (
        f"Small panels, one a {called.one}: {short(outcome)} by year beside its region’s mean"
        f"{' and its matched cities’ mean' if matched else ''}. Change from first to last year: "
        f"{'; '.join(said)}."
    )


def _pilots_notes(inputs: ReportInputs, matched: bool) -> tuple[str, ...]:
    means = "Region and matched cities are means" if matched else "The region is a mean"
    notes = [
        f"All panels have one scale; the dashed line is the policy, {inputs.start}.",
        f"{means} over cities that {inputs.called.never}.",
    ]
    if matched:
        notes.append("Matched cities are the nearest neighbours by score of [[psm-did]].")
    return tuple(notes)
