"""Where the treated cities and the others lie, by region.

No borders are drawn: a grid of degrees shows the way.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oib_pipeline.contract.counting import plural
from oib_pipeline.report.document.blocks import Figure
from oib_pipeline.report.document.labels import capital, listing, visible
from oib_pipeline.report.document.treated import Called
from oib_pipeline.report.figures.placement import place_labels
from oib_pipeline.report.figures.style import GREY, INK, PALE, REGIONS, picture, sheet
from oib_pipeline.report.formats.html import FOLDER, listed
from oib_pipeline.report.inputs import ReportInputs


def map_figure(inputs: ReportInputs) -> Figure | None:
    """Cities of the sample as points, treated ones large and named, over a grid of degrees.

    None where the registry gives no city of the sample its coordinates.
    """
    sample = _sample(inputs)
    placed = sample.dropna(subset=["lon", "lat"])
    if placed.empty:
        return None
    called = inputs.called
    group = called.city if called.count == 1 else called.cities
    with sheet(4.7, left=0.35, right=0.25, top=0.05, bottom=0.75) as (figure, axes):
        axes.set_axis_off()
        axes.set_aspect("equal")
        _frame(axes, placed)
        for region, colour in REGIONS.items():
            here = placed[placed["region"] == region]
            if here.empty:
                continue
            _points(axes, here[here["treated"] == 0], colour, "o", 20, 0.75)
            _points(axes, here[here["treated"] == 1], colour, "D", 44, 1.0)
        _names(figure, axes, placed)
        _legend(figure, axes, sample, called)
        return picture(
            figure,
            "map",
            f"{capital(group)} and the other cities of the sample",
            _alt(sample, called),
            notes=_notes(sample),
            synthetic=False,
        )


def albers(lon: ArrayLike, lat: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Degrees to the plane by Albers' equal-area conic, parallels 25 and 47, meridian 105 east.

    Snyder (1987), equations 14-1 to 14-6, on a sphere of radius one.
    """
    first, second, origin = np.radians([25.0, 47.0, 0.0])
    n = (np.sin(first) + np.sin(second)) / 2
    c = np.cos(first) ** 2 + 2 * n * np.sin(first)
    radius = np.sqrt(c - 2 * n * np.sin(np.radians(np.asarray(lat, dtype=float)))) / n
    theta = n * np.radians(np.asarray(lon, dtype=float) - 105)
    base = np.sqrt(c - 2 * n * np.sin(origin)) / n
    return radius * np.sin(theta), base - radius * np.cos(theta)


def _sample(inputs: ReportInputs) -> pd.DataFrame:
    """One row a city of the panel: name, region, treated, coordinates, plane."""
    known = inputs.registry.cities.set_index("city_code")[["lon", "lat"]]
    columns = ["city_code", "city", "region", "treated"]
    sample = inputs.panel[columns].drop_duplicates("city_code").join(known, on="city_code")
    sample["x"], sample["y"] = albers(sample["lon"], sample["lat"])
    return sample.sort_values("city_code")


def _frame(axes: Any, placed: pd.DataFrame) -> None:
    """The extent of the points, with meridians and parallels every ten degrees."""
    (left, right), (low, high) = _extent(placed["x"]), _extent(placed["y"])
    axes.set_xlim(left, right)
    axes.set_ylim(low, high)
    steps = np.linspace(0, 80, 321)
    for lon in range(70, 150, 10):
        x, y = albers(np.full_like(steps, lon), steps)
        axes.plot(x, y, color=PALE, linewidth=0.9, zorder=0)
        _degree(axes, f"{lon}°E", np.interp(low, y, x), low, (0, -6))
    for lat in range(10, 60, 10):
        x, y = albers(60 + steps, np.full_like(steps, lat))
        axes.plot(x, y, color=PALE, linewidth=0.9, zorder=0)
        _degree(axes, f"{lat}°N", left, np.interp(left, x, y), (-12, 0))


def _extent(values: pd.Series, margin: float = 0.04) -> tuple[float, float]:
    spare = margin * (values.max() - values.min()) or margin
    return float(values.min() - spare), float(values.max() + spare)


def _degree(axes: Any, text: str, x: float, y: float, shift: tuple[int, int]) -> None:
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    if left <= x <= right and low <= y <= high:
        axes.annotate(
            text,
            (x, y),
            xytext=shift,
            textcoords="offset points",
            color=GREY,
            size=7,
            ha="center",
            va="center",
        )


def _points(
    axes: Any, rows: pd.DataFrame, colour: str, marker: str, size: float, alpha: float
) -> None:
    drawn = axes.scatter(
        rows["x"],
        rows["y"],
        s=size,
        marker=marker,
        color=colour,
        alpha=alpha,
        edgecolors=INK if marker == "D" else "white",
        linewidths=0.8 if marker == "D" else 0.4,
        zorder=3 if marker == "D" else 2,
    )
    drawn.set_urls([f"{FOLDER}/{listed(str(code))}" for code in rows["city_code"]])


def _names(figure: Any, axes: Any, placed: pd.DataFrame) -> None:
    pilots = placed[placed["treated"] == 1]
    place_labels(
        figure,
        axes,
        pilots[["x", "y"]].to_numpy(),
        [visible(str(name)) for name in pilots["city"]],
        placed[["x", "y"]].to_numpy(),
    )


def _legend(figure: Any, axes: Any, sample: pd.DataFrame, called: Called) -> None:
    from matplotlib.lines import Line2D

    handles = []
    for region, colour in REGIONS.items():
        here = sample[sample["region"] == region]
        if not here.empty:
            text = f"{region}: {_counted(here, called)}"
            handles.append(Line2D([], [], marker="s", ls="", color=colour, ms=6, label=text))
    shapes = (
        ("D", 6, INK, capital(called.city)),
        ("o", 4.5, "#777777", "Other city of the sample"),
    )
    for marker, size, colour, text in shapes:
        handles.append(Line2D([], [], marker=marker, ls="", color=colour, ms=size, label=text))
    figure.legend(
        handles=handles, loc="lower left", ncols=3, bbox_to_anchor=(0.005, 0.0), columnspacing=1.4
    )


def _counted(rows: pd.DataFrame, called: Called) -> str:
    pilots = int(rows["treated"].sum())
    return f"{called.counted(pilots)}, {plural(len(rows) - pilots, 'other')}"


def _alt(sample: pd.DataFrame, called: Called) -> str:
    parts = [
        f"{region}: {_counted(here, called)}"
        for region, here in sample.groupby("region", sort=True)
    ]
    pilots = sample.loc[sample["treated"] == 1, "city"].astype(str).tolist()
    who = capital(called.one if len(pilots) == 1 else called.many)
    return f"Map of the sample. {'; '.join(parts)}. {who}: {listing(pilots)}."


def _notes(sample: pd.DataFrame) -> tuple[str, ...]:
    lost = sample.loc[sample["lon"].isna(), "city"].astype(str).tolist()
    notes = ["Points lie at the city’s seat (GeoNames, CC BY 4.0), on an equal-area projection."]
    notes.append("On the page each point leads to its city in [[cities]].")
    if lost:
        notes.append(f"Not on the map, for want of coordinates: {listing(lost)}.")
    return tuple(notes)
