"""LaTeX tables compile as they are."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
import report_world as world

from oib_pipeline.report import render
from oib_pipeline.report.document.blocks import Cell, Head, Row, Table
from oib_pipeline.report.formats.latex import escape, latex_table

DOCUMENT = r"""\documentclass{article}
\usepackage{%s}
\begin{document}
%s
\end{document}
"""
NEEDS = re.compile(r"% Needs \\usepackage\{(.*)\}")
OVERFULL = re.compile(r"Overfull \\hbox \((\d+)")
TOO_WIDE = 10  # points


def test_specials_and_foreign_characters_are_escaped():
    assert escape("50% & $x_1 #{}~^\\") == (
        r"50\% \& \$x\_1 \#\{\}\textasciitilde{}\textasciicircum{}\textbackslash{}"
    )
    assert escape("在徐州 Xuzhou") == r"\oibzh{在徐州} Xuzhou"
    assert escape("\u202e") == "[U+202E]"
    assert escape("Привет")[:8] == "[U+041F]"


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_every_table_compiles_when_put_into_a_document(tmp_path):
    hostile = world.missing().assign(reason="50% & $x_1 ~ ^ \\ 在徐州 \u202e Привет [x]")
    render(world.full(missing=hostile), tmp_path)
    files = sorted((tmp_path / "tables").glob("*.tex"))
    named = [NEEDS.match(path.read_text(encoding="utf-8")) for path in files]
    packages = sorted({package for found in named if found for package in found[1].split(",")})
    body = "\n".join(rf"\input{{tables/{path.name}}}\clearpage" for path in files)
    (tmp_path / "all.tex").write_text(DOCUMENT % (",".join(packages), body), encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert all(int(points) < TOO_WIDE for points in OVERFULL.findall(done.stdout))
    assert "Float too large" not in done.stdout


def table(rows: int, columns: int, said: str) -> Table:
    cells = tuple(Cell(said) for _ in range(columns))
    head = (tuple(Head(f"C{place}") for place in range(columns)),)
    body = tuple(Row(cells) for _ in range(rows))
    return Table(name="t", title="T", align="l" + "r" * (columns - 1), head=head, rows=body)


def test_a_short_table_is_one_piece_a_long_one_breaks_and_a_wide_one_lies_on_its_side():
    short, long, wide = table(5, 4, "0.123"), table(80, 4, "0.123"), table(5, 16, "0.123 to 0.456")
    written = [latex_table(one, "T", {}) for one in (short, long, wide)]
    assert ["longtable}{" in text for text in written] == [False, True, True]
    assert ["landscape}" in text for text in written] == [False, False, True]
    assert written[1].count("C0 ") == 2
