r"""A table as LaTeX that compiles as it is, with the packages that its first line names.

Chinese characters stand inside ``\oibzh{...}``. A document that can set them (XeLaTeX, LuaLaTeX,
or pdfLaTeX with CJKutf8) defines that command before the ``\input``; elsewhere they print as [zh].
"""

from __future__ import annotations

import re

from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.latex.escaping import breakable, escape, opened
from oib_pipeline.report.latex.layout import Layout, head_width, layout, split
from oib_pipeline.report.text import resolve

END = r"\tabularnewline"  # unlike \\ it still ends a row after \raggedright
PREAMBLE = (
    "% Needs \\usepackage{{{packages}}}\n"
    "% Chinese text: define \\oibzh before \\input, as \\newcommand{{\\oibzh}}[1]{{#1}} with\n"
    "% XeLaTeX and a Chinese font; without it Chinese prints as [zh].\n"
    "\\providecommand{{\\oibzh}}[1]{{[zh]}}\n"
)


def latex_table(table: Table, caption: str, words: dict[str, str]) -> str:
    """A table with caption, label, booktabs rules and notes, laid out to fit its page.

    One that fits a page is a ``table``; a longer one a ``longtable``, whose heading comes again
    on each page; a wider one a ``longtable`` on its side. ``words`` says what a ``[[name]]`` in
    the notes stands for.
    """
    how = layout(table)
    notes = [opened(escape(resolve(note, words))) for note in table.notes]
    packages = ["array", "booktabs", "longtable"] if how.long else ["array", "booktabs"]
    packages += [] if how.long else ["threeparttable"]
    packages += ["pdflscape"] if how.sideways else []
    write = _long if how.long else _short
    lines = write(table, how, escape(caption), notes)
    preamble = PREAMBLE.format(packages=",".join(packages))
    return preamble + "\n".join([*lines, ""])


def _short(table: Table, how: Layout, caption: str, notes: list[str]) -> list[str]:
    under = [r"\begin{tablenotes}[flushleft]", r"\footnotesize"]
    under += [*(rf"\item {note}" for note in notes), r"\end{tablenotes}"]
    return [
        r"\begin{table}[htbp]",
        r"\centering",
        how.type.command,
        r"\begin{threeparttable}",
        rf"\caption{{{caption}}}",
        _label(table),
        rf"\begin{{tabular}}{{@{{}}{how.columns(table.align)}@{{}}}}",
        *_headed(table, how),
        *_body(table, how),
        r"\bottomrule",
        r"\end{tabular}",
        *(under if notes else []),
        r"\end{threeparttable}",
        r"\end{table}",
    ]


def _long(table: Table, how: Layout, caption: str, notes: list[str]) -> list[str]:
    width = len(table.align)
    under = [rf"\par\noindent {note}" for note in notes]
    inner = [
        "{" + how.type.command,
        rf"\begin{{longtable}}{{@{{}}{how.columns(table.align)}@{{}}}}",
        rf"\caption{{{caption}}}{_label(table)} {END}",
        *_headed(table, how),
        r"\endfirsthead",
        *_headed(table, how),
        r"\endhead",
        rf"\midrule \multicolumn{{{width}}}{{r@{{}}}}{{\textit{{continued}}}} {END}",
        r"\endfoot",
        r"\bottomrule",
        r"\endlastfoot",
        *_body(table, how),
        r"\end{longtable}",
        *([r"\footnotesize", *under, r"\par"] if notes else []),
        "}",
    ]
    return [r"\begin{landscape}", *inner, r"\end{landscape}"] if how.sideways else inner


def _label(table: Table) -> str:
    return rf"\label{{tab:{re.sub('[^a-z0-9-]', '-', table.name.lower())}}}"


def _headed(table: Table, how: Layout) -> list[str]:
    rows = [line for row in table.head for line in _head(row, table, how)]
    return [r"\toprule", *rows, r"\midrule"]


def _head(row: tuple[Head, ...], table: Table, how: Layout) -> list[str]:
    cells, rules, column = [], [], 0
    for head in row:
        if head.span > 1:
            cells.append(rf"\multicolumn{{{head.span}}}{{c}}{{{escape(head.text)}}}")
        elif column in how.shares:
            cells.append(escape(head.text))
        else:
            width = head_width(table, column)
            cells.append(_stacked(split(head.text, width), table.align[column]))
        if head.rule and head.text:
            rules.append(rf"\cmidrule(lr){{{column + 1}-{column + head.span}}}")
        column += head.span
    line = " & ".join(cells) + f" {END}"
    return [line, "".join(rules)] if rules else [line]


def _stacked(lines: list[str], letter: str) -> str:
    """A heading of several lines, bottom aligned."""
    said = r" \\ ".join(escape(line) for line in lines)
    if len(lines) == 1:
        return said
    return rf"\begin{{tabular}}[b]{{@{{}}{letter}@{{}}}}{said}\end{{tabular}}"


def _body(table: Table, how: Layout) -> list[str]:
    return [line for row in table.rows for line in _row(row, table.align, how)]


def _row(row: Row, align: str, how: Layout) -> list[str]:
    lines = [r"\midrule"] if row.rule else []
    if row.kind == "group":
        title = rf"\textit{{{_cell(row.cells[0], broken=False)}}}"
        kind = r"p{0.97\linewidth}" if how.wide(row.cells[0].text) else "l"
        return [*lines, rf"\multicolumn{{{len(align)}}}{{@{{}}{kind}}}{{{title}}} {END}"]
    cells = [_cell(cell, broken=place in how.shares) for place, cell in enumerate(row.cells)]
    lines.append(" & ".join(cells) + f" {END}")
    if any(cell.below for cell in row.cells):
        below = " & ".join(escape(cell.below) for cell in row.cells)
        lines.append(f"{below} {END}[2pt]")
    return lines


def _cell(cell: Cell, *, broken: bool) -> str:
    text = opened(breakable(cell.text) if broken else escape(cell.text))
    return f"{text}$^{{{cell.stars}}}$" if cell.stars else text
