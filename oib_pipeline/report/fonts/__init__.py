"""The report's own Chinese font: what it covers, where it lies, and a part of it for a page."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

from oib_pipeline.report.text import CHINESE

FAMILY = "OIB Hans"
FILE = "OIBHans-Regular.ttf"


def font_path() -> Path:
    """The font file."""
    return Path(str(files(__package__).joinpath(FILE)))


def font_folder() -> Path:
    """The folder it lies in."""
    return font_path().parent


@cache
def covered() -> frozenset[str]:
    """Every character the font has."""
    from fontTools.ttLib import TTFont

    with TTFont(font_path(), lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def chinese(texts: Iterable[str]) -> str:
    """Chinese characters of some texts, each once, sorted."""
    return "".join(
        sorted({mark for text in texts for run in CHINESE.findall(text) for mark in run})
    )


def lacking(text: str) -> str:
    """Chinese characters of a text that the font lacks, each once, sorted."""
    return "".join(mark for mark in chinese([text]) if mark not in covered())


def drawable(text: str) -> str:
    """The text with what neither this font nor DejaVu Sans has as ``[U+9F98]``, never a box.

    Figures and the PDF are set in these two and nothing of the machine's.
    """
    if text.isascii():
        return text
    known = _known()
    return "".join(
        mark if mark in known or mark.isspace() else f"[U+{ord(mark):04X}]" for mark in text
    )


def latin_folder() -> Path:
    """The folder of DejaVu Sans, which matplotlib carries."""
    import matplotlib as mpl

    return Path(mpl.get_data_path()) / "fonts" / "ttf"


@cache
def _known() -> frozenset[str]:
    return covered() | _latin()


def _latin() -> frozenset[str]:
    from fontTools.ttLib import TTFont

    with TTFont(latin_folder() / "DejaVuSans.ttf", lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def woff(characters: str) -> str:
    """The part of the font with these characters, as base64 of a WOFF file."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options()
    options.notdef_outline = True
    options.recalc_timestamp = False
    with TTFont(font_path(), recalcTimestamp=False) as font:
        subsetter = Subsetter(options)
        subsetter.populate(text=characters)
        subsetter.subset(font)
        font.flavor = "woff"
        target = io.BytesIO()
        font.save(target)
    return base64.b64encode(target.getvalue()).decode()
