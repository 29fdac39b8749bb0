"""One style; SVG and PNG output."""

from __future__ import annotations

import gc
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

from oib_pipeline.report.document.blocks import Figure
from oib_pipeline.report.formats.font import FAMILY, drawable, font_path

# Okabe and Ito's palette: told apart with any kind of colour vision, and in grey.
BLUE, VERMILION, GREEN, SKY, ORANGE, PURPLE = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#56B4E9",
    "#E69F00",
    "#AA4499",
)
INK, GREY, LIGHT, PALE = "#222222", "#6B6B6B", "#C9CCD1", "#EEF0F3"
TREATED, CONTROL = VERMILION, BLUE
REGIONS = {"East": BLUE, "Central": GREEN, "West": PURPLE, "Northeast": "#B8860B"}
WIDTH = 6.5  # inches: the text width of a printed page
DPI = 220
RC: dict[str, Any] = {
    "font.family": ["DejaVu Sans", FAMILY],
    "font.size": 9,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.labelsize": 9,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": "#E3E5E8",
    "grid.linewidth": 0.7,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "lines.solid_capstyle": "butt",
    "svg.fonttype": "path",
    "svg.hashsalt": "oib",
    "path.simplify": False,
}


@contextmanager
def sheet(
    height: float,
    *,
    left: float = 0.7,
    right: float = 0.25,
    top: float = 0.3,
    bottom: float = 0.5,
    width: float = WIDTH,
    columns: int = 1,
    gap: float = 0.6,
    rows: int = 1,
    vertical: float = 0.3,
    **grid: Any,
) -> Iterator[tuple[Any, Any]]:
    """A figure with its axes, everything in inches, under the one style.

    Yields the figure and its axes (one, or an array for several columns or rows).
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure as Sheet

    _own_font()
    with mpl.rc_context(RC):
        figure = Sheet(figsize=(width, height))
        inner = (width - left - right - gap * (columns - 1)) / columns
        tall = (height - top - bottom - vertical * (rows - 1)) / rows
        figure.subplots_adjust(
            left=left / width,
            right=1 - right / width,
            top=1 - top / height,
            bottom=bottom / height,
            wspace=gap / inner,
            hspace=vertical / tall,
        )
        yield figure, figure.subplots(nrows=rows, ncols=columns, **grid)


def picture(
    figure: Any,
    name: str,
    title: str,
    alt: str,
    *,
    notes: tuple[str, ...] = (),
    synthetic: bool = False,
    raster: bool = True,
) -> Figure:
    """The drawing as SVG and PNG, the same bytes each time; call it inside ``sheet``.

    Without ``raster`` there is no PNG: drawing it takes half of the time.
    """
    if synthetic:
        edge = 1 - 0.03 / figure.get_figwidth()
        figure.text(
            edge, 0.5, "Synthetic data", ha="right", va="center", size=7, color=GREY, rotation=90
        )
    for text in figure.findobj(lambda artist: hasattr(artist, "get_text")):
        text.set_text(drawable(text.get_text()))
    svg = io.BytesIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(svg, format="svg", metadata=nothing)
    png = _png(figure) if raster else b""
    return Figure(name, title, alt, svg.getvalue().decode(), png, notes)


def _png(figure: Any) -> bytes:
    """The drawing as PNG, without transparency: a third more to pack, and all of it opaque."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    canvas = FigureCanvasAgg(figure)
    figure.set_dpi(DPI)
    canvas.draw()
    size, drawn = canvas.get_width_height(), canvas.buffer_rgba()
    png = io.BytesIO()
    opaque = Image.frombytes("RGB", size, drawn, "raw", "RGBX")
    opaque.save(png, format="png", dpi=(DPI, DPI), compress_level=3)
    return png.getvalue()


@cache
def _own_font() -> None:
    """Chinese characters come from the report's own font, whatever the machine has."""
    from matplotlib.font_manager import fontManager

    fontManager.addfont(font_path())
    regular = fontManager.ttflist[-1]
    fontManager.ttflist.append(replace(regular, weight=700))  # one weight serves for both


def standalone_svg(figure: Figure) -> str:
    """The SVG as a file of its own: links of the page would not arrive from there."""
    return re.sub(r"<a xlink:href=[^>]*>|</a>", "", figure.svg)


def inline_svg(figure: Figure) -> str:
    """The SVG as an element of a page: its ids made unique there, its style its own."""
    svg = figure.svg[figure.svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", svg, flags=re.DOTALL)
    svg = svg.replace("<a xlink:href=", '<a aria-hidden="true" tabindex="-1" xlink:href=')
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg))
    svg = re.sub(r' id="([^"]+)"', lambda m: m[0] if m[1] in used else "", svg)
    mark = f"{figure.name}-"
    svg = re.sub(r'( id="|href="#|url\(#)', lambda m: m[1] + mark, svg)
    size = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    shape = f'{size[0]} stroke-linejoin="round" stroke-linecap="butt"' if size else ""
    return svg.replace(size[0], shape, 1).strip() if size else svg.strip()


def policy_line(axes: Any, start: int, text: str = "", top: float = 1.0) -> None:
    """A dashed line between the last year before the policy and its first."""
    axes.axvline(start - 0.5, color=GREY, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    if text:
        axes.annotate(
            text,
            (start - 0.5, top),
            xycoords=("data", "axes fraction"),
            xytext=(4, -3),
            textcoords="offset points",
            va="top",
            size=8,
            color=GREY,
        )


@contextmanager
def gc_frozen() -> Iterator[None]:
    """Look for garbage only in what is made inside.

    Drawing makes and drops so many objects that the collector would look through everything the
    process holds again and again: a seventh of the time of a report beside Dagster's libraries.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
