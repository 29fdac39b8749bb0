"""Names with markup, formulas, quotes or right-to-left marks are text in every output."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import report_world as world

from oib_pipeline.report import render
from oib_pipeline.report.document.blocks import Notice
from oib_pipeline.report.sections.introduction import design_section

MARKUP = "<script>alert(1)</script>"
FORMULA = "=cmd|' /C calc'!A0"
TURNED = "Xu\u202ezhou \u200f\"q\" 'r' \\x{1} $y$ #z"
CODES = {"320300": MARKUP, "110000": FORMULA, "510300": TURNED}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("hostile")
    panel, registry = world.panel().copy(), world.registry()
    cities = registry.cities.copy()
    for code, name in CODES.items():
        panel.loc[panel["city_code"] == code, "city"] = name
        cities.loc[cities["city_code"] == code, "name_en"] = name
    hostile = [(code, name, 2015, "theil", name, "") for code, name in CODES.items()]
    missing = world.missing().iloc[:0]
    missing = missing.reindex(range(len(hostile)))
    missing[:] = hostile
    made = world.inputs(
        panel=panel,
        registry=replace(registry, cities=cities),
        missing=missing,
        event_study=None,
    )
    render(made, target)
    return target


def test_the_page_holds_them_as_text(folder):
    for name in ("index.html", "cities/index.html"):
        page = (folder / name).read_text(encoding="utf-8")
        assert MARKUP not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "\u202e" not in page
        assert "\u200f" not in page
        assert "[U+202E]" in page


def test_drawings_hold_no_element_of_theirs(folder):
    for path in (folder / "figures").glob("*.svg"):
        drawing = path.read_text(encoding="utf-8")
        root = ElementTree.fromstring(drawing)
        assert not [e for e in root.iter() if str(e.tag).endswith("script")]
        assert "\u202e" not in drawing


def test_no_spreadsheet_takes_a_cell_for_a_formula(folder):
    found = set()
    for path in (folder / "tables").glob("*.csv"):
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"))):
            for cell in row:
                found.add(cell)
                assert not re.match(r"[=+@\t\r]|-(?![\d.]|inf|nan)", cell), (path.name, cell)
                assert "\u202e" not in cell
    assert f"'{FORMULA}" in found


def test_latex_holds_none_of_their_commands(folder):
    text = (folder / "tables" / "missing.tex").read_text(encoding="utf-8")
    assert r"\textbackslash{}x\{1\} \$y\$ \#z" in text
    assert "[U+202E]" in text


def test_word_holds_them_as_text(folder):
    with zipfile.ZipFile(folder / "report.docx") as package:
        body = package.read("word/document.xml").decode()
    root = ElementTree.fromstring(body)
    said = "".join(root.itertext())
    assert MARKUP in said
    assert FORMULA in said
    assert "\u202e" not in said
    assert not [e for e in root.iter() if str(e.tag).endswith("}script")]


def test_the_pdf_is_made_and_leads_nowhere_outside(folder):
    made = (folder / "report.pdf").read_bytes()
    assert made.startswith(b"%PDF-")
    assert b"/JavaScript" not in made
    assert b"/URI" not in made


def test_a_registry_without_coordinates_leaves_the_map_out_and_says_so():
    bare = world.registry().cities.assign(lon=float("nan"), lat=float("nan"))
    made = world.slim(registry=replace(world.registry(), cities=bare))
    said = [block.text for block in design_section(made).blocks if isinstance(block, Notice)]
    assert said == ["The map is missing: the registry gives no city of the sample its coordinates."]
