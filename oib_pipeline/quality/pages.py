"""Outcomes as html pages."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

from oib_pipeline.quality.catalogue import spec
from oib_pipeline.quality.outcome import Outcome, html_table, html_text

STYLE = """
body { font: 15px/1.5 system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif; color: #1c2430;
  margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; }
table { border-collapse: collapse; font-size: .85rem; margin: .5rem 0; display: block;
  overflow-x: auto; }
th, td { border-bottom: 1px solid #d8dde4; padding: .2rem .6rem; text-align: left;
  vertical-align: top; }
th { background: #f2f4f7; }
details { margin: .3rem 0; border-left: 3px solid #d8dde4; padding-left: .8rem; }
summary { cursor: pointer; }
.passed { color: #1a6e37; } .failed { color: #a4161a; } .warning { color: #8a5a00; }
.banner { background: #fff3d6; border: 1px solid #e0b84c; padding: .6rem 1rem; }
code { font-size: .85em; }
@media print { details { break-inside: avoid; } body { margin: 0; } }
""".strip()


def page(outcomes: Sequence[Outcome], title: str, *, banner: str = "", limit: int = 200) -> str:
    """Every table, check, expectation, observed value and failing row; same input, same text.

    Parameters
    ----------
    outcomes
        In the order to show them; those of one table side by side.
    title
        Study or layer.
    banner
        A warning above everything, as that the data are synthetic.
    limit
        Failing rows shown of a check.
    """
    parts = [
        f"<h1>{html_text(title)}: checks</h1>",
        f'<p class="banner">{html_text(banner)}</p>' if banner else "",
        _overview(outcomes),
    ]
    for table, group in groupby(outcomes, key=lambda outcome: outcome.table):
        parts.append(f'<h2 id="{html_text(table)}">{html_text(table)}</h2>')
        parts += [_check(outcome, limit) for outcome in group]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html_text(title)}: checks</title>\n<style>\n{STYLE}\n</style>\n</head>\n<body>\n"
        + "\n".join(part for part in parts if part)
        + "\n</body>\n</html>\n"
    )


def write_page(
    outcomes: Sequence[Outcome], folder: Path, title: str, *, banner: str = "", limit: int = 200
) -> Path:
    """The page as ``index.html`` of a folder, replaced whole."""
    folder.mkdir(parents=True, exist_ok=True)
    target, draft = folder / "index.html", folder / f".index.{os.getpid()}.html"
    text = page(outcomes, title, banner=banner, limit=limit)
    draft.write_text(text, encoding="utf-8", newline="\n")
    draft.replace(target)
    return target


def _overview(outcomes: Sequence[Outcome]) -> str:
    rows = [
        f'<tr><td><a href="#{html_text(table)}">{html_text(table)}</a></td>{_tally(group)}</tr>'
        for table, group in groupby(outcomes, key=lambda outcome: outcome.table)
    ]
    head = "<tr><th>table</th><th>passed</th><th>warnings</th><th>failed</th></tr>"
    return f"<table><thead>{head}</thead><tbody>\n" + "\n".join(rows) + "\n</tbody></table>"


def _tally(outcomes: Iterable[Outcome]) -> str:
    marks = [_mark(outcome) for outcome in outcomes]
    return "".join(
        f'<td class="{mark}">{marks.count(mark)}</td>' for mark in ("passed", "warning", "failed")
    )


def _check(outcome: Outcome, limit: int) -> str:
    mark, stops = _mark(outcome), ", stops the run" if outcome.blocking else ""
    opened = "" if outcome.passed else " open"
    body = [
        f"<p>{html_text(outcome.summary)}.</p>",
        f"<p>{outcome.evidence.get('rows', 0):,} rows looked at{stops}.</p>",
        _expectations(outcome),
    ]
    if len(outcome.failing):
        body.append("<h3>Failing rows</h3>" + html_table(outcome.failing, limit))
    about = spec(outcome.table, outcome.check).description
    return (
        f'<details{opened}><summary><b class="{mark}">{mark}</b> '
        f"<code>{html_text(outcome.check)}</code> {html_text(about)}</summary>\n"
        + "\n".join(part for part in body if part)
        + "\n</details>"
    )


def _expectations(outcome: Outcome) -> str:
    items = outcome.evidence.get("expectations", [])
    if not items:
        return ""
    rows = "\n".join(
        f"<tr><td>{html_text(item['suite'])}</td><td><code>{html_text(item['expectation'])}</code>"
        f"<br><code>{html_text(_arguments(item['arguments']))}</code></td>"
        f"<td>{html_text(item['says'])}</td>"
        f'<td class="{"passed" if item["passed"] else "failed"}">{html_text(item["observed"])}</td>'
        "</tr>"
        for item in items
    )
    head = "<tr><th>suite</th><th>expectation</th><th>in words</th><th>observed</th></tr>"
    return f"<table><thead>{head}</thead><tbody>\n{rows}\n</tbody></table>"


def _arguments(arguments: dict[str, object]) -> str:
    text = json.dumps(arguments, ensure_ascii=False, sort_keys=True, default=str)
    return text if len(text) <= 160 else text[:157] + "..."


def _mark(outcome: Outcome) -> str:
    if outcome.passed:
        return "passed"
    return "failed" if outcome.severity == "error" else "warning"


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
