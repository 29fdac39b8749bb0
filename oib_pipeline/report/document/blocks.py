"""What a document is made of, whatever it is written as: text, tables and figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import pandas as pd


@dataclass(frozen=True)
class Cell:
    """One cell as printed; ``below`` is a second line (a standard error), ``lang`` its language.

    ``value`` and ``value_below`` keep the unrounded numbers, ``stars`` follow the first line.
    ``link`` leads to where it comes from (``#anchor``, or a file beside the page), ``anchor`` lets
    others lead here.
    """

    text: str = ""
    stars: str = ""
    below: str = ""
    value: float | None = None
    value_below: float | None = None
    lang: str = ""
    link: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Head:
    """One heading over ``span`` columns; ``rule`` draws a line under it."""

    text: str = ""
    span: int = 1
    rule: bool = False


@dataclass(frozen=True)
class Row:
    """One row: its first cell names it. A group row names those that follow."""

    cells: tuple[Cell, ...]
    kind: Literal["body", "group"] = "body"
    rule: bool = False


@dataclass(frozen=True)
class Table:
    """A table as printed and the unrounded data behind it.

    ``align`` has one letter a column: l, c, r, or p for running text. ``note`` lines go under it.
    """

    name: str
    title: str
    align: str
    head: tuple[tuple[Head, ...], ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    data: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False, compare=False)
    paper: str = ""

    @property
    def starred(self) -> bool:
        """Whether any cell carries stars, which hang outside the column."""
        return any(cell.stars or cell.below for row in self.rows for cell in row.cells)

    @property
    def modelled(self) -> bool:
        """Whether models stand side by side, under the outcomes they share."""
        return any(head.rule for row in self.head for head in row)


@dataclass(frozen=True)
class Figure:
    """A figure drawn once, its words for those who cannot see it, and the data behind it."""

    name: str
    title: str
    alt: str
    svg: str = field(repr=False)
    png: bytes = field(repr=False)
    notes: tuple[str, ...] = ()
    paper: str = ""


@dataclass(frozen=True)
class Text:
    """A paragraph; ``[[name]]`` in it refers to a table, figure or section."""

    text: str
    kind: Literal["plain", "lead", "small"] = "plain"


@dataclass(frozen=True)
class Points:
    """A list of short paragraphs."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Terms with what they are, in two columns."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Notice:
    """Something missing or to be careful about, with the reason."""

    text: str
    kind: Literal["missing", "caution", "synthetic"] = "missing"


@dataclass(frozen=True)
class Code:
    """Lines to be typed."""

    text: str


@dataclass(frozen=True)
class Formula:
    """A formula in plain mathematical text, set apart."""

    text: str


@dataclass(frozen=True)
class Part:
    """A heading one level down, inside a section."""

    anchor: str
    title: str


Block = Text | Points | Facts | Notice | Code | Formula | Part | Table | Figure


@dataclass(frozen=True)
class Section:
    """A part of the document with a heading and an anchor."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]
    appendix: bool = False
