"""The PDF of a document, set by Typst from fonts that come with the program."""

from __future__ import annotations

import tempfile
from importlib.resources import files
from pathlib import Path

from oib_pipeline.report.document import Document
from oib_pipeline.report.figures.style import unlinked
from oib_pipeline.report.fonts import font_folder, latin_folder
from oib_pipeline.report.pdf.source import source


def pdf(document: Document) -> bytes:
    """The document typeset; the machine's own fonts, its clock and its network are left alone."""
    import typst

    with tempfile.TemporaryDirectory(prefix="oib-pdf-") as name:
        folder = Path(name)
        (folder / "figures").mkdir()
        for figure in document.figures():
            (folder / "figures" / f"{figure.name}.svg").write_text(
                unlinked(figure), encoding="utf-8"
            )
        style = files(__package__).joinpath("style.typ").read_text(encoding="utf-8")
        (folder / "style.typ").write_text(style, encoding="utf-8")
        (folder / "main.typ").write_text(source(document), encoding="utf-8")
        made: bytes = typst.compile(
            str(folder / "main.typ"),
            root=str(folder),
            font_paths=[str(font_folder()), str(latin_folder())],
            ignore_system_fonts=True,
        )
    return made
