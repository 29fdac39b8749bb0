"""How much of the sample each variable covers in each year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.report.blocks import Figure
from oib_pipeline.report.figures.style import INK, picture, sheet
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.labels import label
from oib_pipeline.report.numbers import percent


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
            _alt(wide, total),
            notes=(
                f"A number stands where fewer than {total} cities have a value.",
                "Only figures of the study’s scope are counted; what was chosen, not what exists.",
            ),
            synthetic=inputs.synthetic,
        )


def _alt(wide: pd.DataFrame, total: int) -> str:
    parts = [
        f"{label(name).label} {percent(row.sum() / (total * len(row)))}"
        for name, row in wide.iterrows()
    ]
    return "Heat map of coverage. Share of city-years with a value: " + ", ".join(parts) + "."
