"""The report's Chinese font: its file, what it covers, a part for a page, and how it is made.

``python -m oib_pipeline.report.formats.font NotoSansCJK-Regular.ttc``, run in the project's folder
with the font of Debian's package fonts-noto-cjk, makes ``OIBHans-Regular.ttf`` anew after a
registry, layout or variable brought new characters (a report that meets one it lacks says so).
"""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from oib_pipeline.report.document.labels import CHINESE

FAMILY = "OIB Hans"
FILE = "OIBHans-Regular.ttf"


def font_path() -> Path:
    """The font file."""
    return Path(str(files("oib_pipeline.report").joinpath("fonts", FILE)))


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


FOLDER = Path(__file__).parents[1] / "fonts"
PROJECT = FOLDER.parents[2]
TEXTS = (
    "data/registry/*",
    "data/studies/*.yml",
    "data/manifests/*.yml",
    "data/corrections.yml",
    "data/raw/*/release.yml",
    "oib_pipeline/contract/*.csv",
    "oib_pipeline/indices/*.py",
    "oib_pipeline/extract/layouts/*.csv",
    "oib_pipeline/synthetic/*.csv",
    "oib_pipeline/synthetic/*.yml",
    "oib_pipeline/report/**/*.py",
)
NAMES = ("data/raw/*/*",)
ALWAYS = (
    "".join(map(chr, range(0x20, 0x7F)))
    + "，。、；：？！（）《》〈〉「」『』【】〔〕—…·％＋－／＝〇"
    + "全市市辖区年月日号第表续单位合计省自治区"
    + "０１２３４５６７８９说明库报鉴淘"
)
FACE = "Noto Sans CJK SC"
MADE = 3_786_912_000  # seconds since 1904: the first day of 2024
TOLERANCE = 1.0  # of 1000 units an em: how far a curve may move on its way to TrueType


def characters() -> str:
    """Every character the font is to hold, sorted."""
    texts = [path.read_text(encoding="utf-8") for path in _paths(TEXTS)]
    names = [path.name for path in _paths(NAMES)]
    chinese = "".join(CHINESE.findall("\n".join([*texts, *names])))
    return "".join(sorted({*chinese, *ALWAYS}))


def make(source: Path, target: Path) -> None:
    """Write the subset of ``source`` as TrueType, which Word can embed too."""
    from fontTools.subset import Options, Subsetter

    font = _face(source)
    options = Options()
    options.layout_features = []
    options.notdef_outline = True
    options.name_IDs = []
    options.drop_tables += ["VORG", "vhea", "vmtx", "BASE", "GPOS", "GSUB", "STAT"]
    options.recalc_timestamp = False
    subsetter = Subsetter(options)
    subsetter.populate(text=characters())
    subsetter.subset(font)
    _to_truetype(font)
    _name(font)
    font["head"].created = font["head"].modified = MADE
    font["OS/2"].fsType = 0
    font.save(target, reorderTables=True)


def _paths(patterns: tuple[str, ...]) -> list[Path]:
    found = {path for pattern in patterns for path in PROJECT.glob(pattern) if path.is_file()}
    return sorted(found)


def _face(source: Path) -> Any:
    from fontTools.ttLib import TTCollection, TTFont

    if source.suffix != ".ttc":
        return TTFont(source, recalcTimestamp=False)
    faces = TTCollection(source, recalcTimestamp=False).fonts
    return next(face for face in faces if face["name"].getDebugName(1) == FACE)


def _to_truetype(font: Any) -> None:
    """Cubic outlines to quadratic ones."""
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.ttLib import newTable

    glyphs, order = font.getGlyphSet(), font.getGlyphOrder()
    drawn = {}
    for name in order:
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, TOLERANCE, reverse_direction=True))
        drawn[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder = order
    font["glyf"].glyphs = drawn
    del font["CFF "]
    font["maxp"].tableVersion = 0x00010000
    for field in (
        "maxZones",
        "maxTwilightPoints",
        "maxStorage",
        "maxFunctionDefs",
        "maxInstructionDefs",
        "maxStackElements",
        "maxSizeOfInstructions",
        "maxComponentElements",
    ):
        setattr(font["maxp"], field, 1 if field == "maxZones" else 0)
    font["post"].formatType = 3.0
    font["head"].glyphDataFormat = 0
    font.sfntVersion = "\000\001\000\000"


def _name(font: Any) -> None:
    """A name of its own, as the licence asks of what was changed."""
    table = font["name"]
    table.names = []
    given = {
        0: "Copyright 2014-2021 Adobe (http://www.adobe.com/). A subset of Noto Sans CJK SC.",
        1: FAMILY,
        2: "Regular",
        3: f"{FAMILY} Regular",
        4: FAMILY,
        6: FILE.partition(".")[0],
        13: "This font software is licensed under the SIL Open Font License, Version 1.1.",
        14: "https://scripts.sil.org/OFL",
    }
    for number, text in given.items():
        table.setName(text, number, 3, 1, 0x409)


if __name__ == "__main__":
    make(Path(sys.argv[1]), FOLDER / FILE)
