"""Which city has which variable in which year, and from which series: a panel a variable."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from oib_pipeline.contract.variables import variables
from oib_pipeline.report.document import Figure
from oib_pipeline.report.figures.style import BLUE, GREY, INK, ORANGE, SKY, picture, sheet
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.labels import label
from oib_pipeline.report.numbers import percent
from oib_pipeline.report.text import listing, plural

COLUMNS = 5
COLOURS = (BLUE, SKY, ORANGE, "#009E73", "#AA4499")
EMPTY = "#F1F2F4"
TALL = 1.75  # inches a panel
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
    chosen = sources[sources["chosen"].astype(bool)]
    names = [name for name in variables() if name in set(chosen["variable"])]
    if not names:
        return None
    cities, years = _cities(inputs), inputs.study.year_list
    series = [name for name in inputs.study.sources if name in set(chosen["series"])]
    filled = {name: _grid(chosen[chosen["variable"] == name], cities, years) for name in names}
    rows = -(-len(names) // COLUMNS)
    with sheet(
        0.85 + rows * (TALL + 0.5), left=0.95, right=0.2, top=0.45, bottom=0.55, columns=COLUMNS,
        rows=rows, gap=0.14, vertical=0.5, squeeze=False, sharey=True,
    ) as (figure, grid):  # fmt: skip
        panels = list(grid.flat)
        for axes, name in zip(panels, names, strict=False):
            _panel(axes, filled[name], series, years)
            axes.set_title(_title(name), size=6.8, pad=3, linespacing=1.05)
        for axes in panels[len(names) :]:
            axes.set_visible(False)
        _regions(grid[:, 0], cities)
        _legend(figure, series)
        return picture(
            figure,
            "city-coverage",
            "Which city has which value in which year",
            _alt(filled, series, cities),
            notes=(
                f"Down: {plural(len(cities), 'city', 'cities')}, grouped by region.",
                HOW,
                "Why a value is missing stands in [[missing]] and in the profile of its city.",
            ),
            synthetic=inputs.synthetic,
        )


def _cities(inputs: ReportInputs) -> pd.DataFrame:
    """The sample by region, province and code."""
    known = inputs.registry.cities
    own = known[known["city_code"].isin(inputs.registry.sample(inputs.study.sample))]
    ordered = own.sort_values(["region", "province_en", "city_code"], kind="stable")
    return ordered.set_index("city_code")


def _grid(chosen: pd.DataFrame, cities: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """The series of each value, cities x years; empty text where there is none."""
    wide = chosen.pivot_table(
        index="city_code", columns="year", values="series", aggfunc="first", observed=True
    )
    return wide.reindex(index=cities.index, columns=years).fillna("")


def _panel(axes: Any, grid: pd.DataFrame, series: list[str], years: list[int]) -> None:
    axes.set_facecolor(EMPTY)
    for name, colour in zip(series, COLOURS, strict=False):
        _runs(axes, grid.to_numpy() == name, colour)
    axes.set_xlim(0, len(years))
    axes.set_ylim(len(grid), 0)
    axes.set_xticks([0.5, len(years) - 0.5], [f"{years[0]}", f"{years[-1]}"], size=6.5)
    for text, side in zip(axes.get_xticklabels(), ("left", "right"), strict=True):
        text.set_ha(side)
    axes.tick_params(length=0, pad=2)
    axes.spines[:].set_visible(False)


def _runs(axes: Any, held: np.ndarray, colour: str) -> None:
    """Cells of one colour as one path: each run of cities down a year is a rectangle."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    corners: list[tuple[float, float]] = []
    for column in range(held.shape[1]):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], held[:, column].astype(int), [0]])))
        for top, bottom in zip(edges[::2], edges[1::2], strict=True):
            left, right = column + 0.04, column + 0.96
            corners += [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    if corners:
        box = [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY]
        path = Path(corners, box * (len(corners) // 5))
        axes.add_patch(PathPatch(path, facecolor=colour, linewidth=0))


def _regions(first: Any, cities: pd.DataFrame) -> None:
    """Names of the regions beside the first panel of each row of panels."""
    sizes = cities.groupby("region", sort=True).size()
    ends = sizes.cumsum()
    for axes in first:
        axes.set_yticks(
            list(ends - sizes / 2), [f"{name}\n{size} cities" for name, size in sizes.items()]
        )
        axes.tick_params(axis="y", labelsize=6.5)
        for end in ends[:-1]:
            axes.plot(
                [-0.08, 0], [end, end], transform=axes.get_yaxis_transform(), color=GREY,
                linewidth=0.6, clip_on=False,
            )  # fmt: skip


def _legend(figure: Any, series: list[str]) -> None:
    from matplotlib.patches import Patch

    shown = [Patch(color=colour, label=name) for name, colour in zip(series, COLOURS, strict=False)]
    shown.append(Patch(facecolor=EMPTY, edgecolor=GREY, linewidth=0.5, label="no value"))
    figure.legend(
        handles=shown, loc="lower left", ncols=5, bbox_to_anchor=(0.005, -0.002), labelcolor=INK
    )


def _title(name: str) -> str:
    from textwrap import wrap

    return "\n".join(wrap(label(name).label, 16))


def _alt(filled: dict[str, pd.DataFrame], series: list[str], cities: pd.DataFrame) -> str:
    parts = []
    for name, grid in filled.items():
        held = grid != ""
        lacking = int((~held.any(axis=1)).sum())
        without = f", {plural(lacking, 'city', 'cities')} never" if lacking else ""
        parts.append(f"{label(name).label} {percent(held.to_numpy().mean())}{without}")
    return (
        f"Heat map, a panel a variable, {len(cities)} cities by year, coloured by series "
        f"({listing(series)}). Share of city-years with a value: {'; '.join(parts)}."
    )
