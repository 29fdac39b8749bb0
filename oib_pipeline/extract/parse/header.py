"""Header rows -> for each column its wording, variable, scope, unit and year."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace

from oib_pipeline.extract.layouts.layout import HeaderRule, Layout
from oib_pipeline.extract.parse.blocks import Block
from oib_pipeline.extract.parse.cell_text import Segment, parse_segment
from oib_pipeline.extract.workbook.grid import address


@dataclass
class Column:
    """One value column: how it is headed and what that means.

    ``rule`` is None for a header the layout does not know, or to which it gives several
    ``meanings``; ``variable`` is empty for one that is
    not wanted. ``scopes`` and ``units`` are what the header prints, ``scope`` and ``unit`` what
    was settled with the title's help.
    """

    index: int
    cell: str
    printed: str
    key: str
    scopes: tuple[str, ...]
    units: tuple[str, ...]
    year: int | None
    rule: HeaderRule | None
    variable: str = ""
    scope: str = ""
    unit: str = ""
    unknown_unit: str = ""
    meanings: int = 0
    near: str = ""

    @property
    def known(self) -> HeaderRule:
        """Its rule, for a column that has one."""
        assert self.rule is not None
        return self.rule


def read_columns(block: Block, layout: Layout) -> list[Column]:
    """Value columns of a block as headed, each looked up in the layout by its wording."""
    columns = []
    for index, path in header_paths(block).items():
        segments = [(row, parse_segment(text, layout)) for row, text in path]
        key = _key([segment for _, segment in segments])
        leaf = next((row for row, _ in reversed(segments)), block.header[0])
        columns.append(
            Column(
                index=index,
                cell=address(leaf, index),
                printed=" / ".join(text.strip() for _, text in path),
                key=key,
                scopes=tuple(scope for _, segment in segments for scope in segment.scopes),
                units=_units([segment for _, segment in segments]),
                year=next((s.year for _, s in reversed(segments) if s.year is not None), None),
                rule=None,
                unknown_unit=next((s.unknown_unit for _, s in segments if s.unknown_unit), ""),
            )
        )
    return columns


def know_columns(columns: list[Column], table: str, layout: Layout) -> None:
    """Give each column the rule of its header in a table, where there is one and only one."""
    if table and not any(column.key for column in columns):
        own = [rule for rule in layout.headers.get(table, ()) if rule.table == table]
        for column in columns if own else []:  # years or scopes alone: the title names the variable
            column.key = table if column.printed else ""
    for column in columns:
        rules = layout.header_rules(column.key, table)
        column.meanings = len(rules)
        if len(rules) == 1:
            column.rule = rules[0]
            column.variable = rules[0].variable


def each_scope(column: Column, scopes: tuple[str, ...]) -> list[Column]:
    """A column once for each scope that its rows are of."""
    return [replace(column, scope=scope) for scope in scopes]


def nearest_headers(key: str, layout: Layout, count: int = 3) -> list[str]:
    """Known headers that look most like one that is not known."""
    return difflib.get_close_matches(key, list(layout.headers), n=count, cutoff=0.4)


def header_paths(block: Block) -> dict[int, list[tuple[int, str]]]:
    """Texts that stand over each value column, top to bottom, merged cells spread.

    A heading over several columns fills the cells right of it that are empty and have a heading of
    their own below, under the same headings above: so a page whose merges were lost reads as
    one that kept them.
    """
    top, bottom = block.header
    texts = {
        (row, column): block.grid.text(row, column).strip()
        for row in range(top, bottom)
        for column in range(*block.columns)
    }
    _spread_merges(block, texts)
    values = set(block.values)
    for row in range(top, bottom):
        for column in range(block.columns[0] + 1, block.columns[1]):
            if texts[row, column] or column not in values or column - 1 not in values:
                continue
            own_below = any(texts[below, column] for below in range(row + 1, bottom))
            same_above = all(
                texts[over, column] == texts[over, column - 1] for over in range(top, row)
            )
            if own_below and same_above:
                texts[row, column] = texts[row, column - 1]
    return {
        column: [(row, texts[row, column]) for row in range(top, bottom) if texts[row, column]]
        for column in block.values
    }


def _spread_merges(block: Block, texts: dict[tuple[int, int], str]) -> None:
    for first, left, last, right in block.grid.merges:
        text = texts.get((first, left))
        if not text or last - first > 20 or right - left > 200:
            continue
        for column in range(left, right + 1):
            if (first, column) in texts and not texts[first, column]:
                texts[first, column] = text


def _units(segments: list[Segment]) -> tuple[str, ...]:
    """Units of the last wording and of the lines below it, which only translate or add to it."""
    found: tuple[str, ...] = ()
    for segment in reversed(segments):
        found = (*segment.units, *found)
        if segment.key and any(found):
            break
    return found


def _key(segments: list[Segment]) -> str:
    """Wording of a column: Chinese where there is any, else what is printed."""
    words = [segment.key for segment in segments if segment.key]
    words = words or [segment.english for segment in segments if segment.english]
    key = ""
    for index, word in enumerate(words):
        if index and word == words[index - 1]:
            continue
        # a bracket on a line of its own qualifies the wording above it
        key += word if not key or word.startswith("(") else f"/{word}"
    return key
