"""Small panels and label placement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from oib_pipeline.report.figures.style import GREY, INK


@dataclass(frozen=True)
class Panels:
    """Panels in a grid, each a box in the inches of the sheet, measured from the top left.

    ``x`` and ``y`` are the two ends of the scales that all panels share.
    """

    columns: int
    wide: float
    tall: float
    gap: float
    vertical: float
    x: tuple[float, float]
    y: tuple[float, float]

    def across(self, place: int, values: ArrayLike) -> np.ndarray:
        """Values of x in panel ``place``, in inches from the left."""
        share = (np.asarray(values, dtype=float) - self.x[0]) / (self.x[1] - self.x[0])
        return (place % self.columns) * (self.wide + self.gap) + self.wide * share

    def down(self, place: int, values: ArrayLike) -> np.ndarray:
        """Values of y in panel ``place``, in inches, the top of the sheet at zero."""
        share = (np.asarray(values, dtype=float) - self.y[0]) / (self.y[1] - self.y[0])
        top = (place // self.columns) * (self.tall + self.vertical)
        return -top - self.tall * (1 - share)

    def size(self, count: int) -> tuple[float, float]:
        """Width and height that ``count`` panels take."""
        rows = -(-count // self.columns)
        across = self.columns * self.wide + (self.columns - 1) * self.gap
        return across, rows * self.tall + (rows - 1) * self.vertical

    def open(self, axes: Any, count: int) -> None:
        """Give the axes the sheet's inches and take away their own frame."""
        across, down = self.size(count)
        axes.set_xlim(0, across)
        axes.set_ylim(-down, 0)
        axes.set_axis_off()

    def title(self, axes: Any, place: int, text: str, size: float) -> None:
        """Words over a panel."""
        at = (self.across(place, self.x[0]), self.down(place, self.y[1]))
        axes.annotate(
            text, at, xytext=(0, 3), textcoords="offset points", size=size, weight="bold",
            va="bottom", linespacing=1.05,
        )  # fmt: skip

    def years(self, axes: Any, place: int, ticks: list[int], size: float = 6.8) -> None:
        """Years under a panel."""
        sides = ["left", *["center"] * (len(ticks) - 2), "right"]
        for tick, side in zip(ticks, sides, strict=True):
            at = (self.across(place, tick), self.down(place, self.y[0]))
            axes.annotate(
                str(tick), at, xytext=(0, -3), textcoords="offset points", size=size, ha=side,
                va="top", color=INK,
            )  # fmt: skip


def joined(parts: list[np.ndarray]) -> np.ndarray:
    """Lines as one line with breaks, so that they are one element of the drawing."""
    broken = [np.concatenate([part, [np.nan]]) for part in parts]
    return np.concatenate(broken) if broken else np.array([])


def rulers(axes: Any, panels: Panels, count: int, levels: list[float]) -> None:
    """Level lines in each panel, named beside the first of each row."""
    x, y = [], []
    for place in range(count):
        for level in levels:
            x.append(panels.across(place, panels.x))
            y.append(panels.down(place, [level, level]))
    axes.plot(joined(x), joined(y), color="#E3E5E8", linewidth=0.7, zorder=0)
    for place in range(0, count, panels.columns):
        for level in levels:
            at = (panels.across(place, panels.x[0]), panels.down(place, level))
            axes.annotate(
                f"{level:g}".replace("-", "\u2212"), at, xytext=(-4, 0),
                textcoords="offset points", size=7, ha="right", va="center",
            )  # fmt: skip


def uprights(axes: Any, panels: Panels, count: int, at: float) -> None:
    """A dashed upright line in each panel."""
    x = [panels.across(place, [at, at]) for place in range(count)]
    y = [panels.down(place, panels.y) for place in range(count)]
    axes.plot(joined(x), joined(y), color=GREY, linewidth=0.9, linestyle=(0, (3, 2)), zorder=1)


# Where a name may stand, in points from its own: right, left, above, below, and the corners.
SIDES = (
    (6, 0, "left", "center"),
    (-6, 0, "right", "center"),
    (5, 5, "left", "bottom"),
    (5, -5, "left", "top"),
    (-5, 5, "right", "bottom"),
    (-5, -5, "right", "top"),
    (0, 7, "center", "bottom"),
    (0, -7, "center", "top"),
    (12, 8, "left", "bottom"),
    (12, -8, "left", "top"),
    (-12, 8, "right", "bottom"),
    (-12, -8, "right", "top"),
)
POINT = 3.2  # half the width of the square a point takes, in points
OVER_NAME, OVER_POINT, LATER = 40.0, 6.0, 0.3


def place_labels(
    figure: Any,
    axes: Any,
    points: np.ndarray,
    names: list[str],
    obstacles: np.ndarray,
    size: float = 7.5,
) -> None:
    """Write each name at the side of its point where it covers least, in the order given.

    ``points`` (n, 2) and ``obstacles`` (m, 2) are in the units of the axes, which must not change
    afterwards.
    """
    axes.apply_aspect()  # as drawing would
    scale = 72 / figure.dpi
    at = axes.transData.transform(points) * scale
    taken = axes.transData.transform(obstacles) * scale
    boxes: list[np.ndarray] = []
    for position, name in zip(at, names, strict=True):
        width, height = 0.6 * size * len(name), 0.95 * size
        choices = [_box(position, side, width, height) for side in SIDES]
        costs = [_cost(box, boxes, taken) + LATER * rank for rank, box in enumerate(choices)]
        best = int(np.argmin(costs))
        boxes.append(choices[best])
        _write(axes, points[len(boxes) - 1], name, SIDES[best], size)


def _box(position: np.ndarray, side: tuple, width: float, height: float) -> np.ndarray:
    """Left, bottom, right, top of the name at one side."""
    x, y = position + np.array(side[:2])
    left = x - {"left": 0.0, "center": width / 2, "right": width}[side[2]]
    bottom = y - {"bottom": 0.0, "center": height / 2, "top": height}[side[3]]
    return np.array([left, bottom, left + width, bottom + height])


def _cost(box: np.ndarray, boxes: list[np.ndarray], points: np.ndarray) -> float:
    hits = sum(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
        for other in boxes
    )
    inside = (
        (points[:, 0] > box[0] - POINT)
        & (points[:, 0] < box[2] + POINT)
        & (points[:, 1] > box[1] - POINT)
        & (points[:, 1] < box[3] + POINT)
    )
    return OVER_NAME * hits + OVER_POINT * float(inside.sum())


def _write(axes: Any, point: np.ndarray, name: str, side: tuple, size: float) -> None:
    from matplotlib.patheffects import withStroke

    axes.annotate(
        name,
        point,
        xytext=side[:2],
        textcoords="offset points",
        ha=side[2],
        va=side[3],
        size=size,
        zorder=5,
        path_effects=[withStroke(linewidth=1.8, foreground="white")],
    )
