"""Typst source and PDF."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

from oib_pipeline.report.document.blocks import (
    Block,
    Cell,
    Code,
    Facts,
    Figure,
    Formula,
    Head,
    Notice,
    Part,
    Points,
    Row,
    Section,
    Table,
    Text,
)
from oib_pipeline.report.document.document import Document
from oib_pipeline.report.document.labels import REFERENCE, visible
from oib_pipeline.report.figures.style import standalone_svg
from oib_pipeline.report.formats.font import drawable, font_folder, latin_folder

ALIGN = {"l": "left", "p": "left", "r": "right", "c": "center"}
LONG = re.compile(r"\S{22,}")
BREAK = "\u200b"
ONE_PAGE = 28  # lines of a table that is kept together
WIDE = 40


def source(document: Document) -> str:
    """The main file; figures are read from ``figures/<name>.svg`` beside it."""
    writer = _Writer(document)
    head = (
        '#import "style.typ": *\n'
        f"#show: report.with(title: {quoted(document.title)}, "
        f"subtitle: {quoted(document.subtitle)}, dated: {_date(document.dated)}, "
        f"banner: {quoted(document.banner)})\n"
    )
    return head + "".join(writer.section(section) for section in document.sections)


def quoted(text: str, *, breaks: bool = False) -> str:
    """A text as a string literal of Typst: hidden characters written out, nothing left to run."""
    safe = drawable(visible(str(text)))
    safe = _breakable(safe) if breaks else safe
    return '"' + safe.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


class _Writer:
    """Blocks of one document, with what its references stand for."""

    def __init__(self, document: Document) -> None:
        self.words = document.references()
        self.targets = document.anchors()

    def section(self, section: Section) -> str:
        blocks = "\n".join(self._block(block) for block in section.blocks)
        return f"\n#heading(level: 1)[#{quoted(section.title)}] <{section.anchor}>\n{blocks}\n"

    def _block(self, block: Block) -> str:
        write: dict[type, Callable[[Any], str]] = {
            Text: self._text,
            Points: lambda points: f"#list({self._many(points.items)})",
            Facts: self._facts,
            Notice: lambda notice: f"#notice({quoted(notice.kind)}, {self.linked(notice.text)})",
            Code: lambda code: f"#raw({quoted_lines(code.text)}, block: true)",
            Formula: lambda formula: f"#formula({quoted(formula.text)})",
            Part: lambda part: f"#heading(level: 2)[#{quoted(part.title)}] <{part.anchor}>",
            Table: self._table,
            Figure: self._figure,
        }
        return write[type(block)](block) + "\n"

    def linked(self, text: str) -> str:
        """Text as content, ``[[name]]`` in it as a link."""
        pieces, position = [], 0
        for found in REFERENCE.finditer(text):
            pieces.append(f"#{quoted(text[position : found.start()])}")
            name = found[1]
            word = f"#{quoted(self.words.get(name, found[0]))}"
            pieces.append(f"#link(<{name}>)[{word}]" if name in self.targets else word)
            position = found.end()
        return "[" + "".join([*pieces, f"#{quoted(text[position:])}"]) + "]"

    def _many(self, texts: Iterable[str]) -> str:
        return "".join(f"{self.linked(text)}, " for text in texts)

    def _text(self, text: Text) -> str:
        body = self.linked(text.text)
        return {"lead": f"#lead{body}", "small": f"#small{body}"}.get(text.kind, f"#par{body}")

    def _facts(self, facts: Facts) -> str:
        pairs = (f"[#{quoted(term)}], {self.linked(fact)}, " for term, fact in facts.items)
        return f"#facts({''.join(pairs)})"

    def _caption(self, block: Table | Figure) -> str:
        number = f"{self.words[block.name]}. "
        paper = f" (the paper’s {block.paper})" if block.paper else ""
        return f"[#text(fill: accent, {quoted(number)})#{quoted(block.title)}#{quoted(paper)}]"

    def _figure(self, figure: Figure) -> str:
        file = quoted(f"figures/{figure.name}.svg")
        words = f"{quoted(figure.alt)}, {self._caption(figure)}, {self._many(figure.notes)}"
        return f"#drawing({file}, {words}) <{figure.name}>"

    def _table(self, table: Table) -> str:
        cells = [_head_rows(table), *(self._row(row, table) for row in table.rows)]
        return (
            f"#printed(({_columns(table)},), ({', '.join(ALIGN[a] for a in table.align)},), "
            f"{_size(table)}, {'10pt' if table.starred else '4pt'}, {self._caption(table)}, "
            f"{'true' if _lines(table) > ONE_PAGE else 'false'}, {len(table.head)},\n"
            + "\n".join(cells)
            + f"\nunder: ({self._many(table.notes)})) <{table.name}>"
        )

    def _row(self, row: Row, table: Table) -> str:
        line = "thin, " if row.rule else ""
        if row.kind == "group":
            inner = f"emph({quoted(row.cells[0].text)})"
            return f"{line}table.cell(colspan: {len(table.align)}, {inner}),"
        cells = (self._cell(c, a) for c, a in zip(row.cells, table.align, strict=True))
        return line + " ".join(f"{cell}," for cell in cells)

    def _cell(self, cell: Cell, align: str) -> str:
        inner = quoted(cell.text, breaks=align in "lp")
        if cell.link.startswith("#") and cell.link[1:] in self.targets:
            inner = f"link(<{cell.link[1:]}>, {inner})"
        if cell.stars:
            inner = f"starred({inner}, {quoted(cell.stars)})"
        anchor = f"#metadata(none)<{cell.anchor}>" if cell.anchor else ""
        below = f"#below({quoted(cell.below.removesuffix(')'))})" if cell.below else ""
        return f"[{anchor}#{inner}{below}]"


def quoted_lines(text: str) -> str:
    """Lines to be typed, as a literal that keeps them apart."""
    return "\\n".join(quoted(line)[1:-1] for line in text.split("\n")).join('""')


def _head_rows(table: Table) -> str:
    rows = []
    for row in table.head:
        place = 0
        for head in row:
            rows.append(_head(head, table.align[place]))
            place += head.span
    return f"table.header({', '.join(rows)}), thin,"


def _head(head: Head, align: str) -> str:
    inner = f"strong({quoted(head.text)})" if head.text else '""'
    inner = f"over({inner})" if head.rule and head.text else inner
    placed = "center" if head.span > 1 else ALIGN[align]
    return f"table.cell(colspan: {head.span}, align: {placed} + bottom, {inner})"


def _columns(table: Table) -> str:
    """Running text shares the width that is left, the longer the more; models do alike."""
    widths = []
    for place, letter in enumerate(table.align):
        lengths = [len(r.cells[place].text) for r in table.rows if r.kind == "body"]
        if letter == "p":
            mean = sum(lengths) / len(lengths) if lengths else 1
            widths.append(f"{min(max(mean, 8), 60):.0f}fr")
        elif table.modelled and place:
            widths.append(f"{max(*lengths, 6) if lengths else 6}fr")
        else:
            widths.append("auto")
    return ", ".join(widths)


def _lines(table: Table) -> int:
    below = sum(any(cell.below for cell in row.cells) for row in table.rows)
    long = sum(any(len(cell.text) > WIDE for cell in row.cells) for row in table.rows)
    return len(table.rows) + below + long


def _size(table: Table) -> str:
    columns = len(table.align)
    return "9pt" if columns < 7 else "8pt" if columns < 10 else "7pt"


def _breakable(text: str) -> str:
    """Long unbroken runs, as digests and file names, with places to break a line."""
    return LONG.sub(lambda run: BREAK.join(re.findall(r".{1,12}", run[0])), text)


def _date(dated: str) -> str:
    found = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", dated)
    if not found:
        return "none"
    year, month, day = map(int, found.groups())
    return f"datetime(year: {year}, month: {month}, day: {day})"


def pdf(document: Document) -> bytes:
    """The document typeset; the machine's own fonts, its clock and its network are left alone."""
    import typst

    with tempfile.TemporaryDirectory(prefix="oib-pdf-") as name:
        folder = Path(name)
        (folder / "figures").mkdir()
        for figure in document.figures():
            (folder / "figures" / f"{figure.name}.svg").write_text(
                standalone_svg(figure), encoding="utf-8"
            )
        style = (
            files("oib_pipeline.report").joinpath("styles/report.typ").read_text(encoding="utf-8")
        )
        (folder / "style.typ").write_text(style, encoding="utf-8")
        (folder / "main.typ").write_text(source(document), encoding="utf-8")
        made: bytes = typst.compile(
            str(folder / "main.typ"),
            root=str(folder),
            font_paths=[str(font_folder()), str(latin_folder())],
            ignore_system_fonts=True,
        )
    return made
