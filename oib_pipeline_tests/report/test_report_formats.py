"""PDF and Word: the page's own tables and figures, outside text as text, dates of the inputs."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import docx
import pytest
import report_world as world
from docx.oxml.ns import qn

from oib_pipeline.report.document.blocks import Code, Facts, Notice, Section, Text
from oib_pipeline.report.document.document import Document
from oib_pipeline.report.formats.typst import pdf, quoted, source
from oib_pipeline.report.formats.word import masked, word
from oib_pipeline.report.render import report_document

HOSTILE = '#import "x"\n"]) #panic() \\ <b>&amp; $a$ @b `c` \u202e\x07 徐州 龘'


@pytest.fixture(scope="module")
def document() -> Document:
    return report_document(world.full())


@pytest.fixture(scope="module")
def typeset(document) -> bytes:
    return pdf(document)


@pytest.fixture(scope="module")
def written(document) -> bytes:
    return word(document)


def hostile() -> Document:
    """A document whose every text is hostile, with no table or figure."""
    blocks = (Text(HOSTILE), Facts(((HOSTILE, HOSTILE),)), Notice(HOSTILE), Code(HOSTILE))
    return Document(HOSTILE, HOSTILE, (Section("a", HOSTILE, blocks),), banner=HOSTILE)


def test_the_same_document_gives_the_same_bytes(document, typeset, written):
    assert pdf(document) == typeset
    assert word(document) == written


def test_the_pdf_is_of_the_day_of_its_inputs_and_holds_no_bitmaps(typeset):
    assert typeset.startswith(b"%PDF-")
    assert re.search(rb"/CreationDate\s*\(D:20260801", typeset)
    assert b"StructTreeRoot" in typeset
    assert not re.search(rb"/Subtype\s*/Image", typeset)


def test_the_pdf_carries_its_fonts(typeset):
    assert b"OIBHans" in typeset
    assert b"LibertinusSerif" in typeset


def test_outside_text_cannot_leave_its_literal():
    assert quoted('a"#b\\') == '"a\\"#b\\\\"'
    assert "\n" not in quoted("a\nb")
    assert pdf(hostile()).startswith(b"%PDF-")
    assert "[U+202E]" in source(hostile())


def test_word_takes_outside_text_as_text():
    file = docx.Document(io.BytesIO(word(hostile())))
    text = "\n".join(paragraph.text for paragraph in file.paragraphs)
    assert "<b>&amp;" in text
    assert "\u202e" not in text
    assert "[U+0007]" in text


def test_word_has_every_table_with_its_numbers(document, written):
    file = docx.Document(io.BytesIO(written))
    tables = document.tables()
    facts = [b for s in document.sections for b in s.blocks if isinstance(b, Facts)]
    assert len(file.tables) == len(tables) + len(facts)
    texts = ["\n".join(cell.text for row in t.rows for cell in row.cells) for t in file.tables]
    baseline = next(table for table in tables if table.name == "baseline")
    for row in baseline.rows:
        for cell in row.cells:
            assert any(cell.text in text and cell.below in text for text in texts)


def test_word_repeats_headings_and_describes_its_figures(document, written):
    file = docx.Document(io.BytesIO(written))
    assert all(t._tbl.findall(f".//{qn('w:tblHeader')}") for t in file.tables if len(t.columns) > 2)
    drawings = [shape._inline.docPr.get("descr") for shape in file.inline_shapes]
    assert drawings == [figure.alt for figure in document.figures()]


def test_links_of_word_arrive(written):
    xml = zipfile.ZipFile(io.BytesIO(written)).read("word/document.xml").decode()
    marks = re.findall(r'bookmarkStart w:id="\d+" w:name="([^"]+)"', xml)
    assert len(marks) == len(set(marks))
    assert set(re.findall(r'w:anchor="([^"]+)"', xml)) <= set(marks)


def test_word_is_of_the_day_of_its_inputs_whatever_the_clock(written):
    file = docx.Document(io.BytesIO(written))
    assert str(file.core_properties.created)[:10] == "2026-08-01"
    members = zipfile.ZipFile(io.BytesIO(written)).infolist()
    assert {member.date_time for member in members} == {(1980, 1, 1, 0, 0, 0)}


def test_word_carries_the_chinese_font(written):
    archive = zipfile.ZipFile(io.BytesIO(written))
    font = archive.read("word/fonts/font1.odttf")
    assert masked(font)[:4] == b"\x00\x01\x00\x00"
    assert b"embedTrueTypeFonts" in archive.read("word/settings.xml")


def test_a_document_without_a_date_has_none(document):
    undated = replace(document, dated="", sections=document.sections[:1])
    assert b"CreationDate" not in pdf(undated)
    assert pdf(undated) == pdf(undated)
