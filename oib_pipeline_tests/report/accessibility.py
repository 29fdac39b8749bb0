"""The basics of accessibility, looked for in a page's markup and colours.

Covered, by success criterion of WCAG 2.2: language of page and parts (3.1.1, 3.1.2), title
(2.4.2), text alternatives (1.1.1), headings, landmarks, tables and labels in markup (1.3.1,
2.4.6), names of links and fields (2.4.4, 4.1.2), skip link (2.4.1), order of focus (2.4.3),
zoom (1.4.4), contrast of the style's own colours (1.4.3), scrolling by keyboard (2.1.1), and
well-formedness by the HTML standard's parser. Not covered: what needs a layout or a person.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import html5lib

CHINESE = re.compile("[\u3400-\u9fff]")
HIDDEN = ("script", "style", "title", "metadata")


def problems(page: str) -> list[str]:
    """What is wrong with a page, a line each."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parse(page)
    broken = [f"markup: {code} at {place}" for place, code, _ in parser.errors]
    parts = (_page, _headings, _ids, _names, _tables, _fields, _focus, _languages)
    return [*broken, *(line for part in parts for line in part(root)), *_contrast(page)]


def _page(root: Any) -> Iterator[str]:
    if not root.get("lang"):
        yield "no language of the page"
    if not _text(root.find(".//title")):
        yield "no title"
    for name in ("main", "header", "footer"):
        if len(root.findall(f".//{name}")) != 1:
            yield f"not one {name}"
    first = root.find(".//a")
    if first is None or not first.get("href", "").startswith("#"):
        yield "no skip link"
    view = root.find(".//meta[@name='viewport']")
    if view is None or re.search("user-scalable|maximum-scale", view.get("content", "")):
        yield "no viewport, or one that forbids zoom"


def _headings(root: Any) -> Iterator[str]:
    levels = [int(e.tag[1]) for e in root.iter() if re.fullmatch("h[1-6]", str(e.tag))]
    if levels.count(1) != 1 or levels[0] != 1:
        yield f"headings begin {levels[:3]}"
    for one, two in pairwise(levels):
        if two > one + 1:
            yield f"a heading of level {two} after one of {one}"
    for heading in (e for e in root.iter() if e.tag in ("h1", "h2", "h3")):
        if not _text(heading):
            yield "an empty heading"


def _ids(root: Any) -> Iterator[str]:
    ids = Counter(e.get("id") for e in root.iter() if e.get("id"))
    yield from (f"id {name} {count} times" for name, count in ids.items() if count > 1)
    for element in root.iter():
        for name in ("aria-labelledby", "aria-describedby", "for"):
            for wanted in (element.get(name) or "").split():
                if wanted not in ids:
                    yield f"{name} names {wanted}, which is not there"
        target = element.get("href") or ""
        if target.startswith("#") and target[1:] not in ids:
            yield f"a link to {target}, which is not there"


def _names(root: Any) -> Iterator[str]:
    for link in root.iter("a"):
        hidden = link.get("aria-hidden") == "true"
        if hidden and link.get("tabindex") != "-1":
            yield "a hidden link that can be reached"
        if not hidden and not (_text(link) or link.get("aria-label")):
            yield f"a link without a name to {link.get('href')}"
    for image in root.iter("img"):
        if image.get("alt") is None:
            yield "an image without alt"
    for element in root.iter():
        role = element.get("role")
        if role in ("img", "region", "group") and not (
            element.get("aria-label") or element.get("aria-labelledby")
        ):
            yield f"a {role} without a name"
    within = {id(e) for holder in root.iter() if holder.get("aria-label") for e in holder.iter()}
    for drawing in root.iter("svg"):
        if id(drawing) not in within:
            yield "a drawing without words"


def _tables(root: Any) -> Iterator[str]:
    for table in root.iter("table"):
        name = table.get("aria-labelledby")
        if not name and table.find("caption") is None:
            yield "a table without a name"
        for head in table.iter("th"):
            if head.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
                yield f"{name}: a heading without scope"
            if not _text(head):
                yield f"{name}: an empty heading"
        widths = {_width(row) for row in table.iter("tr")}
        if len(widths) != 1:
            yield f"{name}: rows of {sorted(widths)} columns"


def _fields(root: Any) -> Iterator[str]:
    labelled = {label.get("for") for label in root.iter("label")}
    for field in (e for e in root.iter() if e.tag in ("input", "select", "textarea")):
        if field.get("id") not in labelled:
            yield "a field without a label"


def _focus(root: Any) -> Iterator[str]:
    for element in root.iter():
        if int(element.get("tabindex") or 0) > 0:
            yield "an order of focus by hand"
        wide = set((element.get("class") or "").split()) & {"scroll", "canvas", "code"}
        if wide and element.get("tabindex") != "0":
            yield f"{wide} scrolls, but not by keyboard"


def _languages(root: Any) -> Iterator[str]:
    def walk(element: Any, language: str) -> Iterator[str]:
        language = element.get("lang") or language
        if not isinstance(element.tag, str) or element.tag in HIDDEN:
            return
        if CHINESE.search(element.text or "") and not language.startswith("zh"):
            yield f"Chinese not marked as such: {element.text!r}"
        for child in element:
            yield from walk(child, language)
            if CHINESE.search(child.tail or "") and not language.startswith("zh"):
                yield f"Chinese not marked as such: {child.tail!r}"

    return walk(root, "")


def _contrast(page: str) -> Iterator[str]:
    """Every colour the style gives to text, on the ground its rule or the page gives."""
    style = page[page.index("<style>") : page.index("</style>")]
    named = dict(re.findall(r"(--[a-z]+):\s*(#[0-9a-f]{6})", style))
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", style):
        given = dict(re.findall(r"(?<![-a-z])(color|background):\s*([^;]+)", body))
        if "color" not in given:
            continue
        text = _colour(given["color"], named)
        ground = _colour(given.get("background", "#ffffff"), named) or "#ffffff"
        if text and _ratio(text, ground) < 4.5:
            yield f"{selector.strip()}: {text} on {ground} is {_ratio(text, ground):.2f} to 1"


def _colour(value: str, named: dict[str, str]) -> str:
    found = re.match(r"var\((--[a-z]+)\)|(#[0-9a-f]{6})|(#fff)\b", value.strip())
    if not found:
        return ""
    return named.get(found[1] or "", "") or found[2] or ("#ffffff" if found[3] else "")


def _ratio(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _text(element: Any) -> str:
    return "" if element is None else "".join(element.itertext()).strip()


def _width(row: Any) -> int:
    return sum(int(cell.get("colspan") or 1) for cell in row)
