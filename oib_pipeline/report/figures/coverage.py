"""Data coverage by year and city."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd

from oib_pipeline.contract.counting import plural
from oib_pipeline.contract.variables import variables
from oib_pipeline.report.document.blocks import Figure
from oib_pipeline.report.document.format_numbers import percent
from oib_pipeline.report.document.labels import label, listing
from oib_pipeline.report.figures.placement import Panels
from oib_pipeline.report.figures.style import BLUE, GREY, INK, ORANGE, SKY, picture, sheet
from oib_pipeline.report.inputs import ReportInputs


def coverage_figure(wide: pd.DataFrame, inputs: ReportInputs) -> Figure:
    """A cell for each variable and year, with the number of cities where some lack a value.

    ``wide``: variables x years, counts of cities.
    """
    from matplotlib.colors import LinearSegmentedColormap

    total = inputs.panel["city_code"].nunique()
    shades = LinearSegmentedColormap.from_list("coverage", ["#F4F6F9", "#8DB7D9", "#0B4F82"])
    share = wide.to_numpy() / total
    height = 0.95 + 0.23 * len(wide)
    with sheet(height, left=2.85, top=0.32, bottom=0.62) as (figure, axes):
        axes.pcolormesh(
            share, cmap=shades, vmin=0, vmax=1, edgecolors="white", linewidth=1.5, rasterized=False
        )
        axes.invert_yaxis()
        for row, column in np.argwhere(share < 1):
            part = share[row, column]
            count = round(part * total)
            axes.text(
                column + 0.5,
                row + 0.52,
                f"{count}" if count else "none",
                ha="center",
                va="center",
                size=7.5,
                color="white" if part > 0.62 else INK,
            )
        axes.set_xticks([position + 0.5 for position in range(wide.shape[1])], list(wide.columns))
        axes.set_yticks(
            [position + 0.5 for position in range(len(wide))],
            [label(v).label for v in wide.index],
            size=8,
        )
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.set_xlabel(f"Cities that have a value, where not all {total}", labelpad=8)
        axes.xaxis.set_label_position("bottom")
        return picture(
            figure,
            "coverage",
            f"Cities that have a value, of {total}, by variable and year",
            _coverage_alt(wide, total),
            notes=(
                f"A number stands where fewer than {total} cities have a value.",
                "Only figures of the study’s scope are counted; what was chosen, not what exists.",
            ),
            synthetic=inputs.synthetic,
        )


def _coverage_alt(wide: pd.DataFrame, total: int) -> str:
    parts = [
        f"{label(name).label} {percent(row.sum() / (total * len(row)))}"
        for name, row in wide.iterrows()
    ]
    return "Heat map of coverage. Share of city-years with a value: " + ", ".join(parts) + "."


COLUMNS = 5
COLOURS = (BLUE, SKY, ORANGE, "#009E73", "#AA4499")
NEEDED = ("city_code", "year", "variable", "series")
EMPTY = "#F1F2F4"
TALL = 1.38  # inches a panel
TOP, BOTTOM = 0.45, 0.6
HOW = (
    "Across: the years. A colour tells the series a value was taken from; a pale cell has no value "
    "at the study’s scope."
)


def city_coverage_figure(inputs: ReportInputs) -> Figure | None:
    """Cities down, by region; years across; a colour a series; None where counts are all there is.

    Needs ``sources`` with ``city_code`` and ``chosen``, a row a candidate.
    """
    sources = inputs.frame("sources")
    if not {"city_code", "chosen"} <= set(sources.columns):
        return None
    chosen = sources.loc[sources["chosen"].astype(bool), list(NEEDED)]
    held = set(chosen["variable"])
    names = [name for name in variables() if name in held]
    if not names:
        return None
    cities, years = _cities(inputs), inputs.study.year_list
    used = set(chosen["series"])
    series = [name for name in inputs.study.sources if name in used]
    filled = _grids(chosen, names, cities, years)
    panels = Panels(COLUMNS, 0.96, TALL, 0.14, 0.58, (0, len(years)), (len(cities), 0))
    height = panels.size(len(names))[1] + TOP + BOTTOM
    with sheet(height, left=0.95, right=0.19, top=TOP, bottom=BOTTOM) as (figure, axes):
        panels.open(axes, len(names))
        whole = np.ones((len(cities), len(years)), dtype=bool)
        _cells(axes, panels, [whole for _ in names], EMPTY, 0.0)
        for one, colour in zip(series, COLOURS, strict=False):
            _cells(axes, panels, [filled[name] == one for name in names], colour, 0.04)
        for place, name in enumerate(names):
            panels.title(axes, place, "\n".join(wrap(label(name).label, 16)), 6.8)
            _years(axes, panels, place, years)
            if place % COLUMNS == 0:
                _regions(axes, panels, place, cities)
        _legend(figure, series)
        return picture(
            figure,
            "city-coverage",
            "Which city has which value in which year",
            _city_coverage_alt(filled, series, cities),
            notes=(
                f"Down: {plural(len(cities), 'city', 'cities')}, grouped by region.",
                HOW,
                _where_why(inputs),
            ),
            synthetic=inputs.synthetic,
        )


def _where_why(inputs: ReportInputs) -> str:
    where = "in [[missing]] and " if inputs.has("missing") else ""
    return f"Why a value is missing stands {where}in the profile of its city."


def _cities(inputs: ReportInputs) -> pd.DataFrame:
    """The sample by region, province and code."""
    known = inputs.registry.cities
    own = known[known["city_code"].isin(inputs.registry.sample(inputs.study.sample))]
    ordered = own.sort_values(["region", "province_en", "city_code"], kind="stable")
    return ordered.set_index("city_code")


def _grids(
    chosen: pd.DataFrame, names: list[str], cities: pd.DataFrame, years: list[int]
) -> dict[str, np.ndarray]:
    """The series of each variable's values, cities x years; empty text where there is none."""
    places = np.array(
        [
            pd.Index(names).get_indexer(chosen["variable"]),
            cities.index.get_indexer(chosen["city_code"]),
            pd.Index(years).get_indexer(chosen["year"]),
        ]
    )
    shown = (places >= 0).all(axis=0) & chosen["series"].notna().to_numpy()
    grids = np.full((len(names), len(cities), len(years)), "", dtype=object)
    first_last = np.flatnonzero(shown)[::-1]  # of two values for a place the first stays
    grids[tuple(places[:, first_last])] = chosen["series"].to_numpy(dtype=object)[first_last]
    return dict(zip(names, grids, strict=True))


def _cells(axes: Any, panels: Panels, held: list[np.ndarray], colour: str, margin: float) -> None:
    """Cells of one colour as one path: each run of cities down a year is a rectangle."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    corners: list[np.ndarray] = []
    for place, cells in enumerate(held):
        for column in range(cells.shape[1]):
            edges = np.flatnonzero(np.diff(np.pad(cells[:, column].astype(int), 1)))
            left, right = panels.across(place, [column + margin, column + 1 - margin])
            for top, bottom in panels.down(place, edges).reshape(-1, 2):
                box = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
                corners.append(np.array(box))
    if corners:
        steps = [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY] * len(corners)
        path = Path(np.concatenate(corners), steps)
        axes.add_patch(PathPatch(path, facecolor=colour, linewidth=0))


def _years(axes: Any, panels: Panels, place: int, years: list[int]) -> None:
    low = panels.down(place, panels.y[0])
    for year, at, side in ((years[0], 0, "left"), (years[-1], len(years), "right")):
        axes.annotate(
            str(year), (panels.across(place, at), low), xytext=(0, -2),
            textcoords="offset points", size=6.5, ha=side, va="top",
        )  # fmt: skip


def _regions(axes: Any, panels: Panels, place: int, cities: pd.DataFrame) -> None:
    """Names of the regions beside a panel, a short line where one ends."""
    sizes = cities.groupby("region", sort=True).size()
    ends = sizes.cumsum()
    left = float(panels.across(place, 0))
    for (name, size), end in zip(sizes.items(), ends, strict=True):
        said = f"{name}\n{plural(int(size), 'city', 'cities')}"
        axes.annotate(
            said, (left, panels.down(place, end - size / 2)),
            xytext=(-5, 0), textcoords="offset points", size=6.5, ha="right", va="center",
        )  # fmt: skip
        if end < len(cities):
            at = panels.down(place, end)
            axes.plot([left - 0.07, left], [at, at], color=GREY, linewidth=0.6, clip_on=False)


def _legend(figure: Any, series: list[str]) -> None:
    from matplotlib.patches import Patch

    shown = [Patch(color=colour, label=name) for name, colour in zip(series, COLOURS, strict=False)]
    shown.append(Patch(facecolor=EMPTY, edgecolor=GREY, linewidth=0.5, label="no value"))
    figure.legend(
        handles=shown, loc="lower left", ncols=5, bbox_to_anchor=(0.005, -0.002), labelcolor=INK
    )


def _city_coverage_alt(
    filled: dict[str, np.ndarray], series: list[str], cities: pd.DataFrame
) -> str:
    parts = []
    for name, grid in filled.items():
        held = grid != ""
        lacking = int((~held.any(axis=1)).sum())
        without = f", {plural(lacking, 'city', 'cities')} never" if lacking else ""
        parts.append(f"{label(name).label} {percent(held.mean())}{without}")
    return (
        f"Heat map, a panel a variable, {len(cities)} cities by year, coloured by series "
        f"({listing(series)}). Share of city-years with a value: {'; '.join(parts)}."
    )
