"""Chinese is set in the report's own font; what that lacks is said, never an empty box."""

from __future__ import annotations

import base64
import io
import re

import report_world as world
from fontTools.ttLib import TTFont

from oib_pipeline.contract.variables import variables
from oib_pipeline.report import render
from oib_pipeline.report.formats.font import (
    characters,
    covered,
    drawable,
    font_folder,
    lacking,
    woff,
)

RARE = "龘"


def test_the_font_has_every_character_that_the_project_prints():
    assert "".join(sorted(set(characters()) - covered())) == ""


def test_the_font_has_the_registry_and_the_labels():
    cities = world.registry().cities
    texts = [*cities["name_zh"], *cities["province_zh"]]
    texts += [variable.label_zh for variable in variables().values()]
    assert lacking("".join(texts)) == ""


def test_the_licence_lies_beside_the_font():
    assert "SIL OPEN FONT LICENSE" in (font_folder() / "OFL.txt").read_text(encoding="utf-8")


def test_a_character_no_font_has_is_written_as_its_number():
    assert drawable(f"徐州 {RARE} Łódź") == "徐州 [U+9F98] Łódź"


def test_a_page_carries_the_characters_it_needs():
    font = TTFont(io.BytesIO(base64.b64decode(woff("徐州"))))
    assert set(font.getBestCmap()) == {ord("徐"), ord("州")}


def test_a_page_says_which_characters_its_font_lacks(tmp_path):
    missing = world.missing().assign(reason=f"在{RARE}市")
    page = render(world.slim(missing=missing), tmp_path).page.read_text(encoding="utf-8")
    assert re.search(rf'class="lacking">[^<]*<span lang="zh-Hans">{RARE}</span> \(U\+9F98\)', page)
    clean = render(world.slim(), tmp_path).page.read_text(encoding="utf-8")
    assert 'class="lacking"' not in clean


def test_chinese_in_a_figure_needs_no_font_of_the_machine(tmp_path, recwarn):
    panel = world.panel().copy()
    panel["city"] = panel["city"].replace({"Xuzhou": f"徐州市{RARE}"})
    render(world.slim(panel=panel), tmp_path)
    assert [str(found.message) for found in recwarn if "Glyph" in str(found.message)] == []
