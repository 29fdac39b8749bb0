"""A document as one self-contained page: no script, no network, everything escaped."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup, escape

from oib_pipeline.report.blocks import Block
from oib_pipeline.report.document import Document
from oib_pipeline.report.figures.style import inline
from oib_pipeline.report.fonts import FAMILY, chinese, lacking, woff
from oib_pipeline.report.text import CHINESE, REFERENCE, visible

NOWHERE: Mapping[str, str] = {}


def page(document: Document) -> str:
    """The document as HTML; the same document gives the same bytes."""
    return rendered("page.html.j2", document)


def rendered(template: str, document: Document, **more: Any) -> str:
    """A template with a document and whatever else it shows, in the one style."""
    words = document.references()
    files = {name: file for name, _, file in document.places}
    text = str(
        _environment()
        .get_template(template)
        .render(
            document=document,
            words=words,
            kind=_kind,
            linked=lambda text: linked(text, words, files),
            drawing=lambda figure: Markup(inline(figure)),
            style=Markup(_file("styles", "report.css").replace("@banner@", _css(document.banner))),
            **more,
        )
    )
    return _with_font(text)


def linked(text: str, words: dict[str, str], files: Mapping[str, str] = NOWHERE) -> Markup:
    """Text with ``[[name]]`` turned into a link, Chinese marked as such.

    ``files`` names what does not lie on this page but in a file beside it.
    """
    pieces: list[Markup] = []
    position = 0
    for found in REFERENCE.finditer(text):
        pieces.append(shown(text[position : found.start()]))
        name = found[1]
        if name in words:
            where = files.get(name, f"#{name}")
            pieces.append(Markup('<a href="{}">{}</a>').format(where, shown(words[name])))
        else:
            pieces.append(shown(found[0]))
        position = found.end()
    return Markup("").join([*pieces, shown(text[position:])])


def shown(text: str) -> Markup:
    """Outside text as text: hidden characters visible, markup escaped, Chinese in its language."""
    safe = str(escape(visible(str(text))))
    return Markup(CHINESE.sub(lambda m: f'<span lang="zh-Hans">{m[0]}</span>', safe))


def plain(text: str) -> Markup:
    """Outside text inside an attribute or a title, where no element may stand."""
    return Markup(escape(visible(str(text))))


def _with_font(text: str) -> str:
    """The page with the part of the Chinese font it needs, and a word on what that lacks."""
    used = chinese([text])
    gone = lacking(used)
    carried = "".join(mark for mark in used if mark not in gone)
    face = (
        f'@font-face {{ font-family: "{FAMILY}"; font-display: block; '
        f'src: url(data:font/woff;base64,{woff(carried)}) format("woff"); }}'
        if carried
        else ""
    )
    said = ", ".join(f"{shown(mark)} (U+{ord(mark):04X})" for mark in gone)
    flag = (
        f'<p class="lacking">Characters that the font of this page lacks, shown in one of your '
        f"machine’s if it has them: {said}.</p>"
        if gone
        else ""
    )
    return text.replace("/*@chinese@*/", face, 1).replace("<!--@lacking@-->", flag, 1)


def _kind(block: Block) -> str:
    return type(block).__name__.lower()


def _final(value: Any) -> Any:
    return value if isinstance(value, Markup) or not isinstance(value, str) else shown(value)


def _css(text: str) -> str:
    """Text as the content of a CSS string."""
    return "".join(
        c if c.isascii() and (c.isalnum() or c in " .,:;()-") else f"\\{ord(c):06x}" for c in text
    )


@cache
def _environment() -> Any:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(lambda name: _file("templates", name)),
        autoescape=True,
        finalize=_final,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["plain"] = plain
    return environment


@cache
def _file(folder: str, name: str) -> str:
    return files("oib_pipeline.report").joinpath(folder, name).read_text(encoding="utf-8")
