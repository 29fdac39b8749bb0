"""The page and the list of cities pass the basics; the checker itself finds what is planted."""

from __future__ import annotations

import pytest
import report_world as world
from accessibility import problems

from oib_pipeline.report import render


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("accessible")
    render(world.full(event_study=None, regional=None), target)
    return target


@pytest.mark.parametrize("name", ["index.html", "cities/index.html"])
def test_a_page_passes_the_basics(folder, name):
    assert problems((folder / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('<html lang="en">', "<html>", "no language"),
        ("<h2 ", "<h4 ", "a heading of level"),
        ('scope="col"', 'class="x"', "without scope"),
        ('<label for="find">', "<label>", "field without a label"),
        ('<a class="skip" href="#content">', '<a class="skip" href="#gone">', "not there"),
        ("--soft: #4d5560", "--soft: #adb5c0", "to 1"),
        ("</main>", "</div></main>", "markup"),
        (' lang="zh-Hans"', "", "Chinese not marked"),
    ],
)
def test_what_is_planted_is_found(folder, old, new, said):
    names = ("index.html", "cities/index.html")
    pages = [(folder / name).read_text(encoding="utf-8") for name in names]
    planted = [page.replace(old, new) for page in pages if old in page]
    assert any(said in line for line in problems(planted[-1]))
