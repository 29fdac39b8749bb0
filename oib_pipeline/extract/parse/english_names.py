"""Sheets whose cities are named in English; running titles and page numbers."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from oib_pipeline.extract.layouts.layout import Layout
from oib_pipeline.extract.parse.blocks import PAGE, Block
from oib_pipeline.extract.parse.reading import Reading
from oib_pipeline.extract.parse.row_labels import IGNORED, CityResolver, Labels
from oib_pipeline.extract.parse.title import YEARBOOK
from oib_pipeline.extract.workbook.grid import Grid, address, as_text, as_year, has_cjk, squash

FEW = 3  # names known from which a column is taken to hold names
MOST = 0.5  # share of its texts that must be names


def with_english_column(block: Block, resolver: CityResolver) -> Block:
    """The block with the unlabelled column right of its cities as their English names.

    So a page prints it whose head 城市 City stands over both columns of names.
    """
    column = block.labels["city"] + 1
    if "english" in block.labels or column not in block.values:
        return block
    texts = {as_text(v).strip() for v in block.grid.cells[slice(*block.data), column][:PAGE]} - {""}
    if any(has_cjk(text) or text[0].isdigit() for text in texts):
        return block
    known = [text for text in texts if resolver.english(text) or resolver.english_province(text)]
    if len(known) < max(FEW, MOST * len(texts)):
        return block
    labels = {**block.labels, "english": column}
    return replace(block, labels=labels, ignored=block.ignored | {column})


HEAD = "城市"


def in_chinese(grid: Grid, layout: Layout, resolver: CityResolver) -> Grid | None:
    """The grid with the Chinese name before each English one; None where no column names cities."""
    cells = grid.cells.copy()
    found = False
    for column in range(cells.shape[1]):
        texts = [as_text(value) for value in cells[:, column]]
        heads = [row for row, text in enumerate(texts) if layout.role(text) == "english"]
        known = [row for row, text in enumerate(texts) if resolver.english(text)]
        if not heads or len(known) < FEW or any(map(has_cjk, texts)):
            continue
        found = True
        for row in heads:
            cells[row, column] = f"{HEAD} {texts[row].strip()}"
        province = ""
        for row in range(heads[0] + 1, len(texts)):
            if row in heads or not texts[row].strip():
                continue
            name, province = _name(texts[row], province, resolver)
            cells[row, column] = f"{name} {texts[row].strip()}".strip()
    return replace(grid, cells=cells) if found else None


def _name(text: str, province: str, resolver: CityResolver) -> tuple[str, str]:
    """Chinese name of what an English one means below a province, and the province from then on."""
    names = resolver.names
    own = resolver.layout.row_rule(squash(text))
    if own is not None:
        return "", own.city_code if own.action == "province" else province
    cities = resolver.english(text)
    inside = {code for code in cities if code[:2] == province[:2]}
    as_province = resolver.english_province(text)
    if as_province in names.municipalities:
        return names.chinese[as_province], ""
    if as_province and not (inside and as_province == province):
        return names.chinese[as_province], as_province
    if len(inside) == 1:
        return names.chinese[inside.pop()], province
    return (names.chinese[next(iter(cities))] if len(cities) == 1 else ""), province


_SIGN = r"[-–—―−·.•*~]*"
_PAGE = re.compile(
    rf"{_SIGN}\d{{1,4}}{_SIGN}|第\d+页|(?:\d+[-–—―−]\d+)?\(?续表?[\d一二三四五六七八九十]*\)?"
    r"|(?:\d+[-–—―−]\d+)?\(?continued\d*\)?"
)
_BOOK = re.compile(rf"\S{{0,12}}{YEARBOOK}\D{{0,3}}(?:(?:19|20)\d\d)?{_SIGN}")


def skip_running_titles(reading: Reading, block: Block, labels: Labels) -> None:
    """Take rows of a page number or running title, and nothing else, for rows of no use.

    A year on a row of its own may open the rows of that year, so it stays a fault.
    """
    for index in sorted(labels.faults):
        label = labels.printed[index]
        known = (_PAGE.fullmatch(label) and as_year(label) is None) or _BOOK.fullmatch(label)
        row = block.data[0] + index
        cells = block.grid.cells[row, list(block.values)]
        if not known or any(as_text(value).strip() for value in cells):
            continue
        del labels.faults[index]
        labels.kind = np.where(np.arange(len(labels.kind)) == index, IGNORED, labels.kind)
        labels.ignored[label] = index
        reading.note(
            address(row, block.labels["city"]),
            f"{label!r} on a row of its own",
            "a city, or a page number or running title, as it was taken for",
            "Nothing, if that is what it is.",
        )
