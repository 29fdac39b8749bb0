"""The Word file of a document: its blocks in order, its properties from its inputs."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from oib_pipeline.report.blocks import (
    Block,
    Code,
    Facts,
    Figure,
    Formula,
    Notice,
    Part,
    Points,
    Section,
    Table,
    Text,
)
from oib_pipeline.report.document import Document
from oib_pipeline.report.word.font import embed_font
from oib_pipeline.report.word.packing import packed
from oib_pipeline.report.word.runs import NAMESPACE, Runs
from oib_pipeline.report.word.styles import prepare
from oib_pipeline.report.word.table import grid_xml, table_xml

FIGURE_WIDTH = 6.27  # inches: A4 less its margins


def word(document: Document) -> bytes:
    """The document as the bytes of a ``.docx``."""
    import docx

    file = docx.Document()
    prepare(file, document)
    writer = _Writer(file, document)
    writer.opening()
    for section in document.sections:
        writer.section(section)
    embed_font(file)
    target = io.BytesIO()
    file.save(target)
    return packed(target.getvalue())


class _Writer:
    """Blocks of one document written one after the other."""

    def __init__(self, file: Any, document: Document) -> None:
        self.file, self.document = file, document
        self.words = document.references()
        self.runs = Runs(self.words, document.anchors())
        self.styles = {style.name: style.style_id for style in file.styles}
        self.end = file.element.body.sectPr

    def opening(self) -> None:
        document = self.document
        self._paragraph("Title", document.title)
        self._paragraph("Subtitle", document.subtitle)
        if document.dated:
            self._paragraph("Small", f"From inputs obtained up to {document.dated}")
        for section in document.sections:
            self._paragraph("Contents", f"[[{section.anchor}]]")

    def section(self, section: Section) -> None:
        self._heading("Heading 1", section.title, section.anchor)
        for block in section.blocks:
            self._block(block)

    def _block(self, block: Block) -> None:
        write: dict[type, Callable[[Any], None]] = {
            Text: lambda text: self._paragraph(_STYLE[text.kind], text.text),
            Points: self._points,
            Facts: lambda facts: self._insert(grid_xml(facts.items, self.runs)),
            Notice: lambda notice: self._paragraph("Notice", notice.text),
            Code: lambda code: self._paragraph("Code", code.text),
            Formula: lambda formula: self._paragraph("Formula", formula.text),
            Part: lambda part: self._heading("Heading 2", part.title, part.anchor),
            Table: self._table,
            Figure: self._figure,
        }
        write[type(block)](block)

    def _paragraph(self, style: str, text: str, *, anchor: str = "", kept: bool = False) -> None:
        """A paragraph; links may lead to its ``anchor``, ``kept`` holds it beside the next."""
        start, end = self.runs.mark_xml(anchor) if anchor else ("", "")
        keep = "<w:keepNext/>" if kept else ""
        self._insert(
            f'<w:p {NAMESPACE}><w:pPr><w:pStyle w:val="{self.styles[style]}"/>{keep}</w:pPr>'
            f"{start}{self.runs.xml(text)}{end}</w:p>"
        )

    def _heading(self, style: str, text: str, anchor: str) -> None:
        self._paragraph(style, text, anchor=anchor)

    def _points(self, points: Points) -> None:
        for item in points.items:
            self._paragraph("List Bullet", item)

    def _caption(self, block: Table | Figure, *, kept: bool = False) -> None:
        number = f"{self.words[block.name]}. "
        paper = f" (the paper’s {block.paper})" if block.paper else ""
        text = f"{number}{block.title}{paper}"
        self._paragraph("Caption", text, anchor=block.name, kept=kept)

    def _table(self, table: Table) -> None:
        self._caption(table, kept=True)
        self._insert(table_xml(table, self.runs))
        self._notes(table.notes)

    def _figure(self, figure: Figure) -> None:
        from docx.shared import Inches

        paragraph = self.file.add_paragraph(style="Drawing")
        shape = paragraph.add_run().add_picture(io.BytesIO(figure.png), width=Inches(FIGURE_WIDTH))
        properties = shape._inline.docPr
        properties.set("name", figure.name)
        properties.set("descr", self.runs.safe(figure.alt))
        self._caption(figure)
        self._notes(figure.notes)

    def _notes(self, notes: tuple[str, ...]) -> None:
        for note in notes:
            self._paragraph("Note", note)
        self._paragraph("Gap", "")

    def _insert(self, xml: str) -> None:
        from docx.oxml import parse_xml

        self.end.addprevious(parse_xml(xml))


_STYLE = {"plain": "Normal", "lead": "Lead", "small": "Small"}
