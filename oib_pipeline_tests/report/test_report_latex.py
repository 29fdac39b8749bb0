"""LaTeX tables compile as they are."""

from __future__ import annotations

import shutil
import subprocess

import pytest
import report_world as world

from oib_pipeline.report import render
from oib_pipeline.report.latex import escape

DOCUMENT = r"""\documentclass{article}
\usepackage[landscape,margin=1cm]{geometry}
\usepackage{booktabs,threeparttable}
\begin{document}
%s
\end{document}
"""


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
    names = sorted(path.name for path in (tmp_path / "tables").glob("*.tex"))
    body = "\n".join(rf"\input{{tables/{name}}}\clearpage" for name in names)
    (tmp_path / "all.tex").write_text(DOCUMENT % body, encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
    )
    assert done.returncode == 0, done.stdout[-3000:]
