"""Small multiples: each pilot's outcome beside its region's and its matched cities'."""

from __future__ import annotations

from typing import Any

import pandas as pd

from oib_pipeline.report.document import Figure
from oib_pipeline.report.figures.style import BLUE, GREY, TREATED, picture, policy_line, sheet
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.labels import short
from oib_pipeline.report.matches import pairs
from oib_pipeline.report.numbers import number
from oib_pipeline.report.text import visible

COLUMNS = 5
PANEL = 1.12  # inches high, its title apart
MEANS = "Region and matched cities are means over cities that were no pilots."
LOOKS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("region", "Other cities of its region", {"color": GREY, "ls": (0, (1, 1.2)), "lw": 1.3}),
    ("matched", "Its matched cities", {"color": BLUE, "ls": (0, (5, 2)), "lw": 1.3}),
    ("own", "The pilot", {"color": TREATED, "lw": 1.9, "marker": "o", "ms": 2.2}),
)


def pilots_figure(inputs: ReportInputs, outcome: str) -> Figure | None:
    """One panel a pilot, all on one scale, by region; None where no pilot has a value."""
    paths = pilot_paths(inputs, outcome)
    if not paths:
        return None
    rows = -(-len(paths) // COLUMNS)
    with sheet(
        0.62 + rows * (PANEL + 0.3), left=0.42, right=0.2, top=0.32, bottom=0.5, columns=COLUMNS,
        rows=rows, gap=0.14, vertical=0.3, sharex=True, sharey=True, squeeze=False,
    ) as (figure, grid):  # fmt: skip
        panels = list(grid.flat)
        for axes, (name, lines) in zip(panels, paths, strict=False):
            _panel(axes, name, lines, inputs)
        for axes in panels[len(paths) :]:
            axes.set_visible(False)
        for axes in panels[max(len(paths) - COLUMNS, 0) : len(paths)]:
            axes.tick_params(axis="x", labelbottom=True)
        handles, names = _legend(panels)
        figure.legend(handles, names, loc="lower left", ncols=3, bbox_to_anchor=(0.005, -0.004))
        return picture(
            figure,
            f"pilots-{outcome}",
            f"{short(outcome)} of each pilot, its region and its matched cities",
            _alt(paths, outcome),
            notes=_notes(inputs),
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
        found.append((f"{row['city']}, {row['region']}", lines))
    return found


def _panel(axes: Any, name: str, lines: dict[str, Any], inputs: ReportInputs) -> None:
    axes.grid(axis="y")
    for key, words, look in LOOKS:
        path = lines[key]
        if path is not None:
            axes.plot(path.index, path.to_numpy(), label=words, **look)
    policy_line(axes, inputs.start)
    years = inputs.study.year_list
    axes.set_xticks([years[0], years[len(years) // 2], years[-1]])
    axes.set_xlim(years[0] - 0.6, years[-1] + 0.6)
    axes.tick_params(labelsize=7)
    axes.set_title(visible(name), size=7.5, pad=3)


def _legend(panels: list[Any]) -> tuple[list[Any], list[str]]:
    """Each line once, the pilot first, whichever panel has it."""
    found: dict[str, Any] = {}
    for axes in panels:
        for handle, name in zip(*axes.get_legend_handles_labels(), strict=True):
            found.setdefault(name, handle)
    names = [words for _, words, _ in LOOKS[::-1] if words in found]
    return [found[name] for name in names], names


def _alt(paths: list[tuple[str, dict[str, Any]]], outcome: str) -> str:
    said = []
    for name, lines in paths:
        own = lines["own"].dropna()
        near = lines["region"].reindex(own.index) if lines["region"] is not None else None
        beside = f", region {number(near.iloc[-1] - near.iloc[0])}" if near is not None else ""
        said.append(f"{name} {number(own.iloc[-1] - own.iloc[0])}{beside}")
    return (
        f"Small panels, one a pilot: {short(outcome)} by year beside its region’s mean and its "
        f"matched cities’ mean. Change from first to last year: {'; '.join(said)}."
    )


def _notes(inputs: ReportInputs) -> tuple[str, ...]:
    notes = [f"All panels have one scale; the dashed line is the policy, {inputs.start}.", MEANS]
    if inputs.has("scores"):
        notes.append("Matched cities are the nearest neighbours by score of [[psm-did]].")
    return tuple(notes)
