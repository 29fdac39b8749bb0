"""Self-contained page and city index."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup, escape

from oib_pipeline.report.document.blocks import Block
from oib_pipeline.report.document.document import Document
from oib_pipeline.report.document.labels import CHINESE, REFERENCE, visible
from oib_pipeline.report.figures.style import inline_svg
from oib_pipeline.report.formats.font import FAMILY, chinese, lacking, woff
from oib_pipeline.report.inputs import ReportInputs

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
            linked=lambda text: html_with_links(text, words, files),
            drawing=lambda figure: Markup(inline_svg(figure)),
            style=Markup(_file("styles", "report.css").replace("@banner@", _css(document.banner))),
            **more,
        )
    )
    return _with_font(text)


def html_with_links(text: str, words: dict[str, str], files: Mapping[str, str] = NOWHERE) -> Markup:
    """Text with ``[[name]]`` turned into a link, Chinese marked as such.

    ``files`` names what does not lie on this page but in a file beside it.
    """
    pieces: list[Markup] = []
    position = 0
    for found in REFERENCE.finditer(text):
        pieces.append(html_text(text[position : found.start()]))
        name = found[1]
        if name in words:
            where = files.get(name, f"#{name}")
            pieces.append(Markup('<a href="{}">{}</a>').format(where, html_text(words[name])))
        else:
            pieces.append(html_text(found[0]))
        position = found.end()
    return Markup("").join([*pieces, html_text(text[position:])])


def html_text(text: str) -> Markup:
    """Outside text as text: hidden characters visible, markup escaped, Chinese in its language."""
    safe = str(escape(visible(str(text))))
    return Markup(CHINESE.sub(lambda m: f'<span lang="zh-Hans">{m[0]}</span>', safe))


def attribute_text(text: str) -> Markup:
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
    said = ", ".join(f"{html_text(mark)} (U+{ord(mark):04X})" for mark in gone)
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
    return value if isinstance(value, Markup) or not isinstance(value, str) else html_text(value)


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
    environment.filters["plain"] = attribute_text
    return environment


@cache
def _file(folder: str, name: str) -> str:
    return files("oib_pipeline.report").joinpath(folder, name).read_text(encoding="utf-8")


FOLDER, INDEX = "cities", "index.html"
BANNER = "Synthetic data with known true effects: a demonstration, no evidence about real cities."


def cities_page(inputs: ReportInputs, made: Collection[str]) -> str:
    """The index as HTML; cities in ``made`` have a profile ``<code>.html`` beside it."""
    document = Document(
        title="Cities of the study",
        subtitle=inputs.study.title,
        sections=(),
        banner=BANNER if inputs.synthetic else "",
        dated=inputs.dated,
        files=(("The report", "../index.html"),),
    )
    regions = list(_regions(inputs, made))
    total = sum(len(cities) for _, cities in regions)
    lacking = total - sum(city["made"] for _, cities in regions for city in cities)
    return rendered(
        "cities.html.j2",
        document,
        regions=regions,
        total=total,
        lacking=lacking,
        study=inputs.study.name,
        called=inputs.called,
    )


def listed(code: str) -> str:
    """Where the index lists a city, whether or not it has a profile; from beside the index."""
    return f"{INDEX}#c{code}"


def _regions(
    inputs: ReportInputs, made: Collection[str]
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each region with its cities, by province and name."""
    policy = inputs.registry.policy(inputs.study.policy).set_index("city_code")["start_year"]
    cities = inputs.registry.cities
    own = cities[cities["city_code"].isin(inputs.registry.sample(inputs.study.sample))]
    ordered = own.sort_values(["region", "province_en", "name_en", "city_code"], kind="stable")
    for region, part in ordered.groupby("region", sort=True):
        yield str(region), [_city(row, policy, made) for row in part.to_dict("records")]


def _city(row: dict[str, Any], policy: Any, made: Collection[str]) -> dict[str, Any]:
    code = row["city_code"]
    names = (row["name_en"], row["name_zh"], row["pinyin"], code, row["province_en"])
    return {
        "code": code,
        "name": row["name_en"],
        "chinese": row["name_zh"],
        "province": row["province_en"],
        "since": int(policy[code]) if code in policy.index else 0,
        "made": code in made,
        "search": " ".join(str(name).lower() for name in (*names, row["province_zh"])),
    }
