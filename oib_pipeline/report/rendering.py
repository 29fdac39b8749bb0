"""The report of one study, written into a folder: page, PDF, Word file, tables, figures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from oib_pipeline.contract.counting import noun
from oib_pipeline.report.blocks import Section
from oib_pipeline.report.cities import BANNER, FOLDER, INDEX, cities_page
from oib_pipeline.report.csv import csv_text
from oib_pipeline.report.document import Document
from oib_pipeline.report.figures.style import unlinked
from oib_pipeline.report.html import page
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.latex import latex_table
from oib_pipeline.report.origins import led_home
from oib_pipeline.report.reproduction import beside_paper
from oib_pipeline.report.sections.appendix import appendix_sections
from oib_pipeline.report.sections.changes import changes_sections
from oib_pipeline.report.sections.data import data_section
from oib_pipeline.report.sections.design import design_section
from oib_pipeline.report.sections.further import further_sections
from oib_pipeline.report.sections.results import (
    baseline_section,
    descriptive_section,
    event_section,
)
from oib_pipeline.report.sections.summary import summary_section
from oib_pipeline.report.settled import settled

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
    from oib_pipeline.report.pdf import pdf
    from oib_pipeline.report.word import word

    with settled():
        document = compose(inputs)
        tables = _write_tables(document, folder / "tables")
        figures = _write_figures(document, folder / "figures")
        made = {"index.html": page(document).encode(), PDF: pdf(document), WORD: word(document)}
        made[CITIES] = cities_page(inputs, _profiles(folder / FOLDER)).encode()
    for name, content in made.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return ReportFiles(folder / "index.html", folder / PDF, folder / WORD, tables, figures)


def compose(inputs: ReportInputs) -> Document:
    """The document of one study, before it is written as anything."""
    sections: list[Section] = [
        summary_section(inputs),
        data_section(inputs),
        *changes_sections(inputs),
        design_section(inputs),
        descriptive_section(inputs),
        baseline_section(inputs),
        event_section(inputs),
        *further_sections(inputs),
        *appendix_sections(inputs),
    ]
    return Document(
        title=inputs.study.title,
        subtitle=_subtitle(inputs),
        sections=tuple(led_home(beside_paper(sections, inputs.study.reproduces), inputs)),
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
    return _write(folder, {name: text.encode() for name, text in wanted.items()})


def _write_figures(document: Document, folder: Path) -> dict[str, Path]:
    wanted: dict[str, bytes] = {}
    for figure in document.figures():
        wanted[f"{figure.name}.svg"] = unlinked(figure).encode()
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
