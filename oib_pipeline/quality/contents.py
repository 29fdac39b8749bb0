"""One page that leads to every page of checks."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from oib_pipeline.quality.markup import html_text
from oib_pipeline.quality.pages import STYLE


def write_contents(folder: Path) -> Path:
    """``index.html`` of the folder: a link to each page below ``checks``, by name, replaced whole.

    The same pages give the same text, for neither their age nor their order on the disk is told.
    """
    pages = sorted(path.relative_to(folder) for path in folder.glob("checks/**/index.html"))
    target, draft = folder / "index.html", folder / f".index.{os.getpid()}.html"
    draft.write_text(_contents(pages), encoding="utf-8", newline="\n")
    draft.replace(target)
    return target


def _contents(pages: list[Path]) -> str:
    links = "\n".join(
        f'<li><a href="{quote(page.as_posix())}">{html_text(" / ".join(page.parts[1:-1]))}</a></li>'
        for page in pages
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Checks</title>\n<style>\n{STYLE}\n</style>\n</head>\n<body>\n<h1>Checks</h1>\n"
        "<p>What was looked at after each stage, as it last ran, with every failing row.</p>\n"
        f"<ul>\n{links}\n</ul>\n</body>\n</html>\n"
    )
