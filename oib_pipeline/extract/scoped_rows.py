"""Rows that print a scope -> the city each belongs to, and the scope of every row of a city."""

from __future__ import annotations

import numpy as np

from oib_pipeline.extract.blocks import Block
from oib_pipeline.extract.grid import address, as_text
from oib_pipeline.extract.labels import Labels
from oib_pipeline.extract.layout import Layout
from oib_pipeline.extract.place import BLANK, CITY, IGNORED, PROVINCE, WRONG
from oib_pipeline.extract.reading import Reading
from oib_pipeline.extract.row_scopes import RowScopes
from oib_pipeline.extract.text import is_number, squash


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
