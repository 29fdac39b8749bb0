"""A city's outcomes through time beside its counterparts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from oib_pipeline.profiles.comparisons import Comparison
from oib_pipeline.report.blocks import Figure
from oib_pipeline.report.called import Called
from oib_pipeline.report.figures.style import (
    BLUE,
    GREEN,
    GREY,
    PURPLE,
    TREATED,
    picture,
    policy_line,
    sheet,
)
from oib_pipeline.report.labels import label
from oib_pipeline.report.numbers import number
from oib_pipeline.report.text import capital

Line = tuple[str, pd.Series, dict[str, Any]]


def paths_figure(
    made: Sequence[Comparison],
    city: str,
    region: str,
    called: Called,
    start: int | None,
    *,
    synthetic: bool,
) -> Figure:
    """A panel for each outcome, a line for the city and for each counterpart it has."""
    with sheet(
        3.1,
        left=0.55,
        top=0.32,
        bottom=0.86,
        columns=len(made),
        gap=0.62,
        squeeze=False,
    ) as (figure, grid):
        for axes, one in zip(grid.flat, made, strict=True):
            _panel(axes, one, city, region, called, start)
        handles, names = _legend(grid.flat)
        figure.legend(handles, names, loc="lower left", ncols=2, bbox_to_anchor=(0.005, -0.01))
        return picture(
            figure,
            "paths",
            f"{city} and its counterparts through time",
            " ".join(_words(one, city, region, called) for one in made),
            notes=_notes(made, called, start),
            synthetic=synthetic,
            raster=False,
        )


def lines(made: Comparison, city: str, region: str, called: Called) -> list[Line]:
    """The lines of one panel: name, values by year, look."""
    found: list[Line] = [
        (f"Other cities of the sample, {region}", made.region, {"color": GREY, "ls": (0, (1, 1.4))})
    ]
    if made.pilots is not None:
        group = called.city if called.count == 1 else called.cities
        found.append((capital(group), made.pilots, {"color": PURPLE, "ls": (0, (5, 2))}))
    if made.matched is not None:
        found.append(("Matched cities", made.matched, {"color": BLUE, "ls": (0, (5, 2))}))
    if made.synthetic is not None:
        path = made.synthetic.synthetic
        found.append(("Synthetic control", path, {"color": GREEN, "ls": (0, (3, 1, 1, 1))}))
    look = {"color": TREATED, "marker": "o", "markersize": 4, "lw": 2.2, "zorder": 3}
    return [*found, (city, made.own, look)]


def _panel(
    axes: Any, made: Comparison, city: str, region: str, called: Called, start: int | None
) -> None:
    axes.grid(axis="y")
    for name, path, look in lines(made, city, region, called):
        axes.plot(path.index, path.to_numpy(), label=name, **({"lw": 1.6} | look))
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.14 * (high - low))
    if start is not None:
        policy_line(axes, start, f"policy, {start}")
    years = [int(year) for year in made.own.index]
    axes.set_xticks(years[:: 1 if len(years) <= 6 else 2])
    axes.set_title(label(made.outcome).short)


def _legend(panels: Any) -> tuple[list[Any], list[str]]:
    """Each line once, the city first, whichever panel has it."""
    found: dict[str, Any] = {}
    for axes in panels:
        for handle, name in zip(*axes.get_legend_handles_labels(), strict=True):
            found.setdefault(name, handle)
    names = list(found)[::-1]
    return [found[name] for name in names], names


def _words(made: Comparison, city: str, region: str, called: Called) -> str:
    said = [
        f"{name} from {number(known.iloc[0])} in {known.index[0]} to {number(known.iloc[-1])} in "
        f"{known.index[-1]}"
        for name, path, _ in lines(made, city, region, called)[::-1]
        if len(known := path.dropna())
    ]
    return f"Lines of {label(made.outcome).short} by year: {'; '.join(said)}."


def _notes(made: Sequence[Comparison], called: Called, start: int | None) -> tuple[str, ...]:
    notes = ["Values as the study uses them, after repairs; means of the other cities."]
    if start is not None and any(one.synthetic is not None for one in made):
        notes.append(
            f"The synthetic control is a weighted mean of cities that {called.never}, chosen to "
            f"follow the city before {start}."
        )
    return tuple(notes)
