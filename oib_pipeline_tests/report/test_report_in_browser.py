"""In a real browser: axe finds nothing, links arrive, and no script or network is needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
import report_world as world
from profile_world import OTHER, PILOT, profile_inputs, scores, sources

from oib_pipeline.report import render
from oib_pipeline.report.cities.profile import write_profiles
from oib_pipeline.report.render import stopped_page

PAGES = ("index.html", "cities/index.html", f"cities/{PILOT}.html", f"cities/{OTHER}.html")
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("browsed")
    inputs = world.full(sources=sources(), scores=scores())
    render(inputs, target)
    write_profiles(profile_inputs(inputs), target / "cities", [PILOT, OTHER])
    stopped = stopped_page(
        world.study(), "A check failed: <b>B12</b>.", [("est_baseline", "not made")]
    )
    (target / "stopped.html").write_text(stopped, encoding="utf-8")
    return target


@pytest.mark.parametrize("name", [*PAGES, "stopped.html"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_no_violation(folder, browser, name, size):
    from axe_playwright_python.sync_playwright import Axe

    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto((folder / name).as_uri())
    found = Axe().run(page)
    page.close()
    said = [
        f"{one['id']}: {one['help']} at {[node['target'] for node in one['nodes'][:3]]}"
        for one in found.response["violations"]
    ]
    assert said == []


@pytest.mark.parametrize("name", PAGES)
def test_all_text_is_there_without_script_and_network(folder, browser, name):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / name).as_uri())
    shown = " ".join(page.locator("body").inner_text().lower().split())
    context.close()
    written = (folder / name).read_text(encoding="utf-8").partition("<body>")[2]
    headings = [unescape(h) for h in re.findall(r"<(?:h[123]|p)[^>]*>([^<]{4,})<", written)]
    assert len(headings) > 3
    assert [text for text in headings if " ".join(text.lower().split()) not in shown] == []
    assert all(address.startswith(("file:", "data:")) for address in asked)


def test_every_city_is_listed_without_script(folder, browser):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((folder / "cities/index.html").as_uri())
    shown = [item.is_visible() for item in page.locator("li[data-search]").all()]
    assert len(shown) == 120
    assert all(shown)
    assert not page.locator("form.search").is_visible()
    context.close()


@pytest.mark.parametrize("wanted", ["Xuzhou", "xu zhou", "徐州", "320300"])
def test_the_search_finds_a_city_offline(folder, browser, wanted):
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((folder / "cities/index.html").as_uri())
    page.get_by_role("searchbox").fill(wanted)
    found = [item.get_attribute("id") for item in page.locator("li[data-search]:visible").all()]
    assert found == [f"c{PILOT}"]
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_url(f"**/{PILOT}.html")
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_shows_no_page_wider_than_itself(folder, browser, name):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto((folder / name).as_uri())
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert wide <= 390


def test_every_link_of_every_page_arrives(folder):
    pages = sorted(folder.rglob("*.html"))
    anchors = {
        page: set(re.findall(r' id="([^"]+)"', page.read_text(encoding="utf-8"))) for page in pages
    }
    assert len(pages) == len(PAGES) + 1
    dead = [f"{page.name}: {link}" for page in pages for link in _dead(page, anchors)]
    assert dead == []


def _dead(page: Path, anchors: dict[Path, set[str]]) -> Iterator[str]:
    """Links of a page that lead to no file, or to no place in one."""
    links = set(re.findall(r'(?:href|src)="([^"]+)"', page.read_text(encoding="utf-8")))
    for link in links:
        name, _, place = unquote(link).partition("#")
        if name.startswith("data:"):
            continue
        target = (page.parent / name).resolve() if name else page
        if not target.is_file() or (place and place not in anchors.get(target, set())):
            yield link
