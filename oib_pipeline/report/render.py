"""A report, or the page of a stopped study, into a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from oib_pipeline.contract.counting import noun
from oib_pipeline.report.document.blocks import Block, Code, Facts, Notice, Section, Text
from oib_pipeline.report.document.document import Document, beside_paper, link_estimates
from oib_pipeline.report.figures.style import gc_frozen, standalone_svg
from oib_pipeline.report.formats.html import BANNER, FOLDER, INDEX, cities_page, page
from oib_pipeline.report.formats.latex import csv_text, latex_table
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.sections.appendix import appendix_sections, changes_sections
from oib_pipeline.report.sections.introduction import data_section, design_section, summary_section
from oib_pipeline.report.sections.results import (
    baseline_section,
    descriptive_section,
    event_section,
    further_sections,
    identification_section,
)
from oib_pipeline.report.text.catalogue import text
from oib_pipeline.study import Study

PDF, WORD = "report.pdf", "report.docx"
CITIES = f"{FOLDER}/{INDEX}"
FORMATS = (("As PDF", PDF), ("As Word file", WORD), ("All cities", CITIES))
PLACES = (("cities", "the list of cities", CITIES),)


@dataclass(frozen=True)
class ReportFiles:
    """Where the report is: the page, and every table and figure by its name."""

    page: Path
    pdf: Path
    word: Path
    tables: dict[str, Path]
    figures: dict[str, Path]


def render(inputs: ReportInputs, folder: Path) -> ReportFiles:
    """Write the report of one study into ``folder`` and say where its files are.

    Writes ``index.html``, ``report.pdf``, ``report.docx``, ``tables/<name>.csv`` and ``.tex``,
    ``figures/<name>.svg`` and ``.png``. The same inputs give the same bytes. Tables and figures of
    an earlier report that this one does not have are removed. ``cities/index.html`` lists the
    cities; their profiles are written beside it by another room.

    Parameters
    ----------
    inputs : ReportInputs
        Frames and facts of one study.
    folder : Path
        Made if it is not there.

    Returns
    -------
    ReportFiles
    """
    from oib_pipeline.report.formats.typst import pdf
    from oib_pipeline.report.formats.word import word

    with gc_frozen():
        document = report_document(inputs)
        tables = _write_tables(document, folder / "tables")
        figures = _write_figures(document, folder / "figures")
        made = {"index.html": page(document).encode(), PDF: pdf(document), WORD: word(document)}
        made[CITIES] = cities_page(inputs, _profiles(folder / FOLDER)).encode()
    for name, content in made.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return ReportFiles(folder / "index.html", folder / PDF, folder / WORD, tables, figures)


def report_document(inputs: ReportInputs) -> Document:
    """The document of one study, before it is written as anything."""
    sections: list[Section] = [
        summary_section(inputs),
        data_section(inputs),
        *changes_sections(inputs),
        design_section(inputs),
        descriptive_section(inputs),
        identification_section(inputs),
        baseline_section(inputs),
        event_section(inputs),
        *further_sections(inputs),
        *appendix_sections(inputs),
    ]
    return Document(
        title=inputs.study.title,
        subtitle=_subtitle(inputs),
        sections=tuple(link_estimates(beside_paper(sections, inputs.study.reproduces), inputs)),
        banner=BANNER if inputs.synthetic else "",
        dated=inputs.dated,
        files=FORMATS,
        places=(*PLACES, *_checks(inputs)),
    )


def _checks(inputs: ReportInputs) -> list[tuple[str, str, str]]:
    """The page of checks as a place to refer to, where there is one."""
    return [("checks-page", "the page of checks", inputs.quality)] if inputs.quality else []


def _profiles(folder: Path) -> set[str]:
    """Codes of the cities that have a profile."""
    return {path.stem for path in folder.glob("[0-9]*.html")} if folder.is_dir() else set()


def _subtitle(inputs: ReportInputs) -> str:
    scope = {"districts": "city districts", "whole_city": "whole cities"}[inputs.study.scope]
    years = inputs.study.year_list
    cities = inputs.panel["city_code"].nunique()
    made_of = inputs.study.words.cities or noun(range(cities), "city", "cities")
    return f"An evaluation on {cities} {made_of}, {scope}, {years[0]}–{years[-1]}"


def _write_tables(document: Document, folder: Path) -> dict[str, Path]:
    words = document.references()
    wanted: dict[str, str] = {}
    for table in document.tables():
        caption = table.title
        wanted[f"{table.name}.csv"] = csv_text(table.data)
        wanted[f"{table.name}.tex"] = latex_table(table, caption, words)
    return _write(folder, {name: content.encode() for name, content in wanted.items()})


def _write_figures(document: Document, folder: Path) -> dict[str, Path]:
    wanted: dict[str, bytes] = {}
    for figure in document.figures():
        wanted[f"{figure.name}.svg"] = standalone_svg(figure).encode()
        wanted[f"{figure.name}.png"] = figure.png
    return _write(folder, wanted)


def _write(folder: Path, files: dict[str, bytes]) -> dict[str, Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for stale in sorted(path for path in folder.iterdir() if path.is_file()):
        if stale.name not in files:
            stale.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in files}


def stopped_page(
    study: Study, reason: str, stages: Sequence[tuple[str, str]], *, kept: str = ""
) -> str:
    """The page as HTML.

    Parameters
    ----------
    reason
        What the stages that failed said, as a terminal shows it.
    stages
        Every stage of the study with its state, in words.
    kept
        Where the report of the last good state is; empty where there is none.
    """
    what: list[Block] = [
        Notice(
            "There is no new report of this study: something before it failed. Nothing "
            "below is an estimate."
        ),
        Code(reason),
    ]
    if kept:
        what.append(Text(f"The report of the last good state stays as it was: {kept}."))
    todo = Text(
        f"Mend what is named above (the source, its layout, an entry in corrections.yml, the "
        f"study’s file or a table of the registry), then run oib refresh --study {study.name}. "
        "The evidence of each check, with the rows that failed and their cells, is kept under "
        "quality/checks in the data folder."
    )
    document = Document(
        title=study.title,
        subtitle="Stopped before its report could be made",
        sections=(
            Section("stopped", text("heading.stopped"), tuple(what)),
            Section("stages", text("heading.stages"), (Facts(tuple(stages)),)),
            Section("next", text("heading.next"), (todo,)),
        ),
        banner=BANNER if study.synthetic else "",
        beside=False,
    )
    return page(document)
