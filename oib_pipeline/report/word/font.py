"""The Chinese font put into a Word file, so that a machine without one sets its text too."""

from __future__ import annotations

from typing import Any

from oib_pipeline.report.fonts import FAMILY, font_path

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
