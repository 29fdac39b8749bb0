"""How the Word file looks: page, styles, language, banner, page numbers, and its properties."""

from __future__ import annotations

import datetime
import re
from typing import Any

from oib_pipeline.report.document import Document
from oib_pipeline.report.fonts import FAMILY
from oib_pipeline.report.word.runs import NAMESPACE, Runs

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
