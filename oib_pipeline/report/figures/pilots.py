"""Small multiples: each pilot's outcome beside its region's and its matched cities'."""

from __future__ import annotations

from typing import Any

import pandas as pd

from oib_pipeline.report.blocks import Figure
from oib_pipeline.report.called import Called
from oib_pipeline.report.figures.panels import Panels, joined, rulers, uprights
from oib_pipeline.report.figures.style import BLUE, GREY, TREATED, picture, sheet
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.labels import short
from oib_pipeline.report.matches import pairs
from oib_pipeline.report.numbers import number
from oib_pipeline.report.text import visible

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
            _alt(paths, outcome, called, matched),
            notes=_notes(inputs, matched),
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


def _alt(
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


def _notes(inputs: ReportInputs, matched: bool) -> tuple[str, ...]:
    means = "Region and matched cities are means" if matched else "The region is a mean"
    notes = [
        f"All panels have one scale; the dashed line is the policy, {inputs.start}.",
        f"{means} over cities that {inputs.called.never}.",
    ]
    if matched:
        notes.append("Matched cities are the nearest neighbours by score of [[psm-did]].")
    return tuple(notes)
