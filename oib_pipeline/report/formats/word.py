"""The Word file: blocks, styles, reproducible zip, font."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

from oib_pipeline.report.document.blocks import (
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
from oib_pipeline.report.document.document import Document
from oib_pipeline.report.formats.font import FAMILY, font_path
from oib_pipeline.report.formats.word_table import NAMESPACE, Runs, grid_xml, table_xml

FIRST = (1980, 1, 1, 0, 0, 0)


def packed(content: bytes) -> bytes:
    """The same members in the same order, all of one day."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.infolist():
            info = zipfile.ZipInfo(member.filename, FIRST)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            new.writestr(info, old.read(member), compresslevel=6)
    return target.getvalue()


KEY = "7D6A0E2C-51B4-4C0B-9E3F-0A4D8C1B2E6F"  # of no meaning: the file is masked with it
TABLE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/fontTable"
FONT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/font"
MASKED = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BEFORE = {
    "writeProtection",
    "view",
    "zoom",
    "removePersonalInformation",
    "removeDateAndTime",
    "doNotDisplayPageBoundaries",
    "displayBackgroundShape",
    "printPostScriptOverText",
    "printFractionalCharacterWidth",
    "printFormsData",
}


def embed_font(file: Any) -> None:
    """Add the font as ECMA-376, part 4, section 2.8.1 asks."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml
    from lxml import etree

    package = file.part.package
    part = Part(
        PackURI("/word/fonts/font1.odttf"), MASKED, masked(font_path().read_bytes()), package
    )
    listed = file.part.part_related_by(TABLE)
    number = listed.relate_to(part, FONT)
    fonts = etree.fromstring(listed.blob)
    fonts.append(
        etree.fromstring(
            f'<w:font xmlns:w="{W}" xmlns:r="{R}" w:name="{FAMILY}"><w:charset w:val="86"/>'
            f'<w:family w:val="swiss"/><w:pitch w:val="variable"/>'
            f'<w:embedRegular r:id="{number}" w:fontKey="{{{KEY}}}"/></w:font>'
        )
    )
    listed._blob = etree.tostring(fonts, xml_declaration=True, encoding="UTF-8", standalone=True)
    settings = file.settings.element
    settings.insert(_place(settings), parse_xml(f'<w:embedTrueTypeFonts xmlns:w="{W}"/>'))


def masked(font: bytes) -> bytes:
    """The font with its first 32 bytes masked by the key."""
    key = bytes.fromhex(KEY.replace("-", ""))[::-1]
    head = bytes(byte ^ key[place % 16] for place, byte in enumerate(font[:32]))
    return head + font[32:]


def _place(settings: Any) -> int:
    """Where the schema wants the element: after these, where they are there."""
    return sum(child.tag.removeprefix(f"{{{W}}}") in BEFORE for child in settings)


INK, SOFT, ALARM = "1D2129", "4D5560", "7A2E00"
SERIF, SANS, MONO = "Times New Roman", "Arial", "Courier New"  # or what stands in for them
# name: base, face, size in points, colour, space before and after in points, bold, italic
STYLES: dict[str, tuple[str, str, float, str, float, float, bool, bool]] = {
    "Normal": ("", SERIF, 11, INK, 0, 6, False, False),
    "Title": ("Normal", SANS, 22, "10243A", 0, 6, True, False),
    "Subtitle": ("Normal", SANS, 12, SOFT, 0, 4, False, False),
    "Heading 1": ("Normal", SANS, 15, "10243A", 20, 8, True, False),
    "Heading 2": ("Normal", SANS, 12, "10243A", 14, 6, True, False),
    "Caption": ("Normal", SANS, 9.5, "10243A", 8, 4, True, False),
    "List Bullet": ("Normal", SERIF, 11, INK, 0, 4, False, False),
    "Lead": ("Normal", SERIF, 12, INK, 0, 8, False, False),
    "Small": ("Normal", SERIF, 9.5, SOFT, 0, 6, False, False),
    "Contents": ("Normal", SANS, 10, INK, 0, 1, False, False),
    "Notice": ("Normal", SERIF, 11, INK, 4, 8, False, False),
    "Formula": ("Normal", SERIF, 11, INK, 2, 8, False, True),
    "Code": ("Normal", MONO, 9, INK, 4, 8, False, False),
    "Note": ("Normal", SANS, 8.5, SOFT, 2, 0, False, False),
    "Cell": ("Normal", SANS, 9, INK, 1, 1, False, False),
    "Drawing": ("Normal", SERIF, 10.5, INK, 8, 0, False, False),
    "Gap": ("Normal", SERIF, 6, INK, 0, 4, False, False),
}
KEPT = ("Heading 1", "Heading 2", "Drawing")
NOTICE = (
    f'<w:pBdr {NAMESPACE}><w:left w:val="single" w:sz="24" w:space="8" w:color="B8860B"/></w:pBdr>'
)


def prepare(file: Any, document: Document) -> None:
    """Styles, page and properties of an empty file."""
    from docx.shared import Mm

    for name, given in STYLES.items():
        _style(file, name, *given)
    for name in KEPT:
        file.styles[name].paragraph_format.keep_with_next = True
    page = file.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(25.3)
    page.top_margin, page.bottom_margin = Mm(22), Mm(20)
    _furniture(page, document)
    _properties(file.core_properties, document)


def _style(
    file: Any,
    name: str,
    base: str,
    face: str,
    size: float,
    colour: str,
    before: float,
    after: float,
    bold: bool,
    italic: bool,
) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml import parse_xml
    from docx.shared import Pt, RGBColor

    known = {style.name for style in file.styles}
    style = (
        file.styles[name] if name in known else file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    )
    if base:
        style.base_style = file.styles[base]
    font, paragraph = style.font, style.paragraph_format
    font.name, font.size, font.color.rgb = face, Pt(size), RGBColor.from_string(colour)
    font.bold, font.italic = bold, italic
    paragraph.space_before, paragraph.space_after = Pt(before), Pt(after)
    paragraph.line_spacing = 1.0 if name in ("Cell", "Note", "Gap", "Drawing") else 1.15
    properties = style.element.get_or_add_rPr()
    faces = properties.find("{*}rFonts")
    for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        faces.attrib.pop(f"{{{_W}}}{kind}", None)
    faces.set(f"{{{_W}}}eastAsia", FAMILY)
    for old in [*properties.findall("{*}lang"), *properties.findall("{*}spacing")]:
        properties.remove(old)
    properties.append(parse_xml(f'<w:lang {NAMESPACE} w:val="en-GB" w:eastAsia="zh-CN"/>'))
    border = style.element.get_or_add_pPr().find("{*}pBdr")
    if border is not None:
        style.element.pPr.remove(border)
    if name == "Notice":
        style.element.pPr.insert(0, parse_xml(NOTICE))


def _furniture(page: Any, document: Document) -> None:
    """The banner on top of each page and its number below."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml
    from docx.shared import Pt, RGBColor

    if document.banner:
        head = page.header.paragraphs[0]
        head.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = head.add_run(Runs({}, set()).safe(document.banner))
        run.bold, run.font.size = True, Pt(8.5)
        run.font.color.rgb = RGBColor.from_string(ALARM)
    foot = page.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for code in ("PAGE", "NUMPAGES"):
        if code == "NUMPAGES":
            foot.add_run(" / ")
        foot._p.append(
            parse_xml(
                f'<w:fldSimple {NAMESPACE} w:instr=" {code} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
            )
        )


def _properties(properties: Any, document: Document) -> None:
    """Whose file it is and of what day: that of its inputs."""
    plain = Runs({}, set())
    found = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", document.dated)
    day = datetime.datetime(*map(int, found.groups())) if found else _FIRST  # type: ignore[arg-type]
    properties.title = plain.safe(document.title)[:255]
    properties.subject = plain.safe(document.subtitle)[:255]
    properties.author = properties.last_modified_by = "oib_pipeline"
    properties.comments = plain.safe(document.banner)[:255]
    properties.keywords, properties.language = "", "en-GB"
    properties.created = properties.modified = day
    properties.revision = 1


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_FIRST = datetime.datetime(2000, 1, 1)


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
