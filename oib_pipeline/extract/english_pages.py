"""A page whose cities are named in English alone -> the same page with their Chinese names.

English names are no keys: a name that is two cities' is settled by the province row above it, and
left as printed, which refuses the page, where that does not tell.
"""

from __future__ import annotations

from dataclasses import replace

from oib_pipeline.extract.grid import Grid, as_text
from oib_pipeline.extract.layout import Layout
from oib_pipeline.extract.place import Resolver
from oib_pipeline.extract.text import has_cjk, squash

FEW = 3  # cities known by their English name from which a column is taken to name cities
HEAD = "城市"


def in_chinese(grid: Grid, layout: Layout, resolver: Resolver) -> Grid | None:
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


def _name(text: str, province: str, resolver: Resolver) -> tuple[str, str]:
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
