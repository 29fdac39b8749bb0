"""Scopes printed in rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from oib_pipeline.extract.layouts.layout import Layout
from oib_pipeline.extract.parse.blocks import PAGE, Block
from oib_pipeline.extract.parse.cell_text import scopes_in
from oib_pipeline.extract.parse.reading import Reading
from oib_pipeline.extract.parse.row_labels import (
    BLANK,
    CITY,
    IGNORED,
    PROVINCE,
    WRONG,
    CityResolver,
    Labels,
)
from oib_pipeline.extract.workbook.grid import (
    address,
    as_text,
    chinese_part,
    groups,
    has_cjk,
    is_number,
    numbered,
    plain_text,
    squash,
    without_groups,
)

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


def row_scopes(block: Block, resolver: CityResolver) -> RowScopes | None:
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
    found = set(scopes_in(plain_text(text), layout))
    return found.pop() if len(found) == 1 else ""


def _split(text: str, resolver: CityResolver) -> tuple[str, str]:
    """A row label without the scope it prints, and that scope: 南京市(市辖区), 南京市辖区."""
    layout, label = resolver.layout, squash(text)
    if not label or layout.row_rule(label) is not None:
        return text, ""
    if scope := _one(text, layout):
        return "", scope
    if resolver.is_place(label):
        return text, ""
    inside = [scope for group in groups(plain_text(text)) if (scope := _one(group, layout))]
    if len(inside) == 1:
        return without_groups(plain_text(text), lambda group: bool(_one(group, layout))), inside[0]
    chinese = chinese_part(label)
    words = {word for word in layout.scopes if has_cjk(word)} - PARTS_OF_NAMES
    for printed in sorted(words, key=len, reverse=True):
        name = chinese.removesuffix(printed).rstrip(":-_,/#、—·")
        if name != chinese and name and resolver.is_place(name):
            return name, layout.scopes[printed]
    return text, ""


class ScopedRows:
    """Gives the rows of one block their city and scope; what does not fit becomes a fault."""

    def __init__(
        self, reading: Reading, block: Block, labels: Labels, scopes: RowScopes, layout: Layout
    ) -> None:
        self.reading = reading
        self.block = block
        self.labels = labels
        self.scopes = scopes
        self.layout = layout
        self.cells = block.grid.cells[slice(*block.data)]
        self.below: dict[int, list[int]] = {}

    def settle(self) -> None:
        """Place each row that is a scope alone, then say the scope of every row of a city."""
        head: int | None = None
        for row in range(len(self.labels.kind)):
            if self.scopes.alone[row]:
                head = self._belongs(row, head)
            elif self.labels.kind[row] != BLANK:
                head = row if self._opens(row) else None
        self._below_provinces()
        own = self.scopes.own.copy()
        for row in np.flatnonzero((self.labels.kind == CITY) & (own == "")).tolist():
            own[row] = self._unsaid(row)
        self.labels.scope = own
        self._one_scope_only(own)

    def _opens(self, row: int) -> bool:
        """Whether rows of scopes may stand below it: a place's row or a subtotal, no footnote."""
        if self.labels.kind[row] != IGNORED:
            return True
        rule = self.layout.row_rule(self.labels.printed[row])
        return rule is not None and rule.match == "exact"

    def _belongs(self, row: int, head: int | None) -> int | None:
        labels, text = self.labels, self._printed(row)
        if head is None:
            labels.kind[row] = WRONG
            self.reading.fault(
                self._cell(row),
                f"{text!r} without a city above it",
                "the row of a city above, or its name beside it",
                "Check the page: the city's name may be lost, or stand before a page break.",
            )
            return None
        labels.kind[row], labels.code[row] = labels.kind[head], labels.code[head]
        labels.printed[row] = f"{labels.printed[head]} {text}"
        before = self.below.setdefault(head, [])
        if labels.kind[head] != CITY:
            before.append(row)
            return head
        if self.scopes.own[row] in {self.scopes.own[r] for r in [head, *before]}:
            self.reading.fault(
                self._cell(row),
                f"{text!r} a second time below {labels.printed[head]!r}",
                "each scope once",
                "Check the page: the name of a city between them may be lost.",
            )
            labels.kind[row] = WRONG
            return None
        if "code" in self.block.labels:
            code = squash(as_text(self.cells[row, self.block.labels["code"]]))
            if code and code[:4] != labels.code[head][:4]:
                self.reading.fault(
                    self._cell(row),
                    f"{text!r} with the code {code} below {labels.printed[head]!r}",
                    f"the code {labels.code[head]}, or none",
                    "Check the page: the name of a city between them may be lost.",
                )
        before.append(row)
        return head

    def _below_provinces(self) -> None:
        """Rows of scopes below one province and not another: a city's name may be lost there."""
        heads = np.flatnonzero((self.labels.kind == PROVINCE) & ~self.scopes.alone).tolist()
        with_rows = [row for row in heads if row in self.below]
        if len(with_rows) == len(heads):
            return
        for row in with_rows:
            self.reading.fault(
                self._cell(self.below[row][0]),
                f"{self._printed(self.below[row][0])!r} below a province, "
                f"{self.labels.printed[row]!r}",
                "the name of a city above it: other provinces have no such row",
                "Check the page: the city's name may be lost.",
            )

    def _unsaid(self, row: int) -> str:
        """Scope of a city's row that prints none: the whole city, where that is nowhere in print.

        Where 全市 has rows of its own the row only names its city, and may hold no value.
        """
        if not (self.scopes.own == "whole_city").any():
            return "whole_city"
        wanted = [column.index for column in self.reading.wanted]
        if any(is_number(as_text(self.cells[row, column])) for column in wanted):
            self.reading.fault(
                self._cell(row),
                f"values beside {self.labels.printed[row]!r} without a scope",
                "全市 or 市辖区 in that row, as in other rows of the table",
                "Check the page: a scope may be missing.",
            )
        self.labels.kind[row] = IGNORED
        return ""

    def _one_scope_only(self, own: np.ndarray) -> None:
        """Tell of cities for which one of the scopes has no row."""
        held: dict[str, set[str]] = {}
        first: dict[str, int] = {}
        for row in np.flatnonzero(self.labels.kind == CITY).tolist():
            code = self.labels.code[row]
            held.setdefault(code, set()).add(own[row])
            first.setdefault(code, row)
        half = [first[code] for code, scopes in held.items() if len(scopes) == 1]
        if half and len(half) < len(held):
            names = "、".join(self.labels.printed[row] for row in half[:12])
            more = f" and {len(half) - 12} more" if len(half) > 12 else ""
            self.reading.note(
                self._cell(half[0]),
                f"a row of one scope only for {names}{more}",
                "a row of each scope",
                "Check the page, unless those cities have no districts.",
                severity="warning",
            )

    def _printed(self, row: int) -> str:
        roles = [role for role in ("city", "scope") if role in self.block.labels]
        texts = [as_text(self.cells[row, self.block.labels[role]]).strip() for role in roles]
        return next((text for text in texts if text), "")

    def _cell(self, row: int) -> str:
        alone = self.scopes.alone[row] and "scope" in self.block.labels
        column = self.block.labels["scope" if alone else "city"]
        return address(self.block.data[0] + row, column)
