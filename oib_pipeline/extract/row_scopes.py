"""Scopes that stand in rows: 市辖区 below a city's name, beside it, or in a column of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from oib_pipeline.extract.blocks import PAGE, Block
from oib_pipeline.extract.grid import as_text, numbered
from oib_pipeline.extract.layout import Layout
from oib_pipeline.extract.place import Resolver
from oib_pipeline.extract.segment import scopes_in
from oib_pipeline.extract.text import chinese_part, groups, has_cjk, plain, squash, without_groups

PARTS_OF_NAMES = {"地区"}  # a scope over a column; 吐鲁番地区 is a prefecture's name


@dataclass(frozen=True)
class RowScopes:
    """What rows print of scopes, each array (rows,).

    ``label`` is what is left to name a city, ``own`` the scope that a row prints, ``alone`` whether
    it prints nothing else: the city then stands in a row above.
    """

    label: np.ndarray
    own: np.ndarray
    alone: np.ndarray

    @property
    def used(self) -> tuple[str, ...]:
        """Scopes of the table: a city's own row means the whole city where another is below it."""
        return tuple(sorted({"whole_city", *self.own[self.own != ""]}))


def with_scope_column(block: Block, layout: Layout) -> Block:
    """The block with the column that holds nothing but scopes, if there is one, as a label."""
    for column in block.values:
        values = block.grid.cells[slice(*block.data), column][:PAGE].tolist()
        first = next((text for value in values if (text := as_text(value).strip())), "")
        if not first or not _one(first, layout):
            continue
        rest = {text for value in values if (text := as_text(value).strip())}
        if all(_one(text, layout) or layout.ignores(text) for text in rest):
            return replace(block, labels={**block.labels, "scope": column})
    return block


def row_scopes(block: Block, resolver: Resolver) -> RowScopes | None:
    """Scopes printed in the rows of a block; None where there are none."""
    cells = block.grid.cells[slice(*block.data)]
    ids, uniques = numbered(cells[:, block.labels["city"]])
    split = [_split(as_text(value), resolver) for value in uniques]
    label = np.array([name for name, _ in split], dtype=object)[ids] if len(ids) else ids
    own = np.array([scope for _, scope in split], dtype=object)[ids] if len(ids) else ids
    if "scope" in block.labels:
        column = cells[:, block.labels["scope"]].tolist()
        beside = [_one(as_text(value), resolver.layout) for value in column]
        own = np.array([a or b for a, b in zip(own, beside, strict=True)], dtype=object)
    if not len(ids) or not (own != "").any():
        return None
    blank = np.array([not squash(as_text(name)) for name in label], dtype=bool)
    return RowScopes(label, own, blank & (own != ""))


def _one(text: str, layout: Layout) -> str:
    """The one scope that a text is, blank for any other text."""
    found = set(scopes_in(plain(text), layout))
    return found.pop() if len(found) == 1 else ""


def _split(text: str, resolver: Resolver) -> tuple[str, str]:
    """A row label without the scope it prints, and that scope: 南京市(市辖区), 南京市辖区."""
    layout, label = resolver.layout, squash(text)
    if not label or layout.row_rule(label) is not None:
        return text, ""
    if scope := _one(text, layout):
        return "", scope
    if resolver.is_place(label):
        return text, ""
    inside = [scope for group in groups(plain(text)) if (scope := _one(group, layout))]
    if len(inside) == 1:
        return without_groups(plain(text), lambda group: bool(_one(group, layout))), inside[0]
    chinese = chinese_part(label)
    words = {word for word in layout.scopes if has_cjk(word)} - PARTS_OF_NAMES
    for printed in sorted(words, key=len, reverse=True):
        name = chinese.removesuffix(printed).rstrip(":-_,/#、—·")
        if name != chinese and name and resolver.is_place(name):
            return name, layout.scopes[printed]
    return text, ""
