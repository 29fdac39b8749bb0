"""Names beside points, each where it hides the least."""

from __future__ import annotations

from typing import Any

import numpy as np

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
