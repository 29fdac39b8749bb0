r"""A table as LaTeX that compiles as it is where booktabs and threeparttable are loaded.

Chinese characters stand inside ``\oibzh{...}``. A document that can set them (XeLaTeX, LuaLaTeX,
or pdfLaTeX with CJKutf8) defines that command before the ``\input``; elsewhere they print as [zh].
"""

from __future__ import annotations

import re

from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.text import CHINESE, resolve, visible

SPECIAL = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"$<$",
    ">": r"$>$",
    "|": r"$|$",
    '"': "''",
    "\n": " ",
    "\u2212": r"$-$",
    "\u2013": "--",
    "\u2014": "---",
    "\u2018": "`",
    "\u2019": "'",
    "\u201c": "``",
    "\u201d": "''",
    "\u2026": r"\ldots{}",
    "\u00a0": "~",
    "\u2009": r"\,",
    "\u00d7": r"$\times$",
    "\u00b7": r"$\cdot$",
    "\u00b2": r"\textsuperscript{2}",
    "\u00b0": r"\textdegree{}",
    "\u2264": r"$\leq$",
    "\u2265": r"$\geq$",
    "\u2260": r"$\neq$",
    "\u2192": r"$\rightarrow$",
    "\u03a3": r"$\Sigma$",
    "\u03b1": r"$\alpha$",
    "\u03b2": r"$\beta$",
    "\u03b4": r"$\delta$",
    "\u03b5": r"$\varepsilon$",
    "\u03bb": r"$\lambda$",
    "\u2032": r"$'$",
    "\u2020": r"\dag{}",
    **{chr(0x2080 + digit): rf"\textsubscript{{{digit}}}" for digit in range(10)},
    "\u1d62": r"\textsubscript{i}",
    "\u209c": r"\textsubscript{t}",
}
SMALL = r"\small"
SMALLER = r"\setlength{\tabcolsep}{3pt}\footnotesize"
SMALLEST = r"\setlength{\tabcolsep}{3pt}\scriptsize"
_GLYPHS = {SMALL: 4.3, SMALLER: 3.8, SMALLEST: 3.3}  # mean width of a character, in points
LINE = 345  # points, of an article
LONG = re.compile(r"[^\s\u2e80-\uffef]{18,}")
BREAK = r"\allowbreak{}"
END = r"\tabularnewline"  # unlike \\ it still ends a row after \raggedright
PREAMBLE = (
    "% Needs \\usepackage{booktabs,threeparttable}\n"
    "% Chinese text: define \\oibzh before \\input, as \\newcommand{\\oibzh}[1]{#1} with XeLaTeX\n"
    "% and a Chinese font; without it Chinese prints as [zh].\n"
    "\\providecommand{\\oibzh}[1]{[zh]}\n"
)


def escape(text: str) -> str:
    """Text as LaTeX prints it; Chinese set apart, other unknown characters by their number."""
    pieces: list[str] = []
    position = 0
    plain = visible(text)
    for found in CHINESE.finditer(plain):
        pieces += [_plain(plain[position : found.start()]), rf"\oibzh{{{found.group()}}}"]
        position = found.end()
    return "".join([*pieces, _plain(plain[position:])])


def latex_table(table: Table, caption: str, words: dict[str, str]) -> str:
    """A ``table`` environment with caption, label, booktabs rules and notes.

    ``words`` says what a ``[[name]]`` in the notes stands for.
    """
    lines = [
        r"\begin{table}[htbp]",
        r"\centering",
        _size(len(table.align)),
        r"\begin{threeparttable}",
        rf"\caption{{{escape(caption)}}}",
        rf"\label{{tab:{re.sub('[^a-z0-9-]', '-', table.name.lower())}}}",
        rf"\begin{{tabular}}{{@{{}}{_columns(table)}@{{}}}}",
        r"\toprule",
        *[line for row in table.head for line in _head(row)],
        r"\midrule",
        *[line for row in table.rows for line in _row(row, table.align)],
        r"\bottomrule",
        r"\end{tabular}",
    ]
    if table.notes:
        lines += [
            r"\begin{tablenotes}[flushleft]",
            r"\footnotesize",
            *[rf"\item {_opened(escape(resolve(note, words)))}" for note in table.notes],
            r"\end{tablenotes}",
        ]
    return PREAMBLE + "\n".join([*lines, r"\end{threeparttable}", r"\end{table}", ""])


def _columns(table: Table) -> str:
    """Running text shares what the other columns leave of the line, the longer the more."""
    glyph = _GLYPHS[_size(len(table.align))]
    bodies = [row.cells for row in table.rows if row.kind == "body"]
    lengths = [[len(cells[place].text) for cells in bodies] for place in range(len(table.align))]
    rest = LINE - sum(
        max([*lengths[place], 6]) * glyph + 8
        for place, letter in enumerate(table.align)
        if letter != "p"
    )
    means = {
        place: min(max(sum(found) / max(len(found), 1), 8), 60)
        for place, found in enumerate(lengths)
        if table.align[place] == "p"
    }
    share = max(rest / LINE - 0.03 * len(means), 0.26 * len(means)) / max(sum(means.values()), 1)
    return "".join(
        rf"p{{{share * means[place]:.2f}\linewidth}}" if letter == "p" else letter
        for place, letter in enumerate(table.align)
    )


def _head(row: tuple[Head, ...]) -> list[str]:
    cells, rules, column = [], [], 1
    for head in row:
        text = escape(head.text)
        cells.append(text if head.span == 1 else rf"\multicolumn{{{head.span}}}{{c}}{{{text}}}")
        if head.rule and head.text:
            rules.append(rf"\cmidrule(lr){{{column}-{column + head.span - 1}}}")
        column += head.span
    line = " & ".join(cells) + f" {END}"
    return [line, "".join(rules)] if rules else [line]


def _row(row: Row, align: str) -> list[str]:
    lines = [r"\midrule"] if row.rule else []
    if row.kind == "group":
        title = rf"\textit{{{_cell(row.cells[0], 'l')}}}"
        return [*lines, rf"\multicolumn{{{len(align)}}}{{@{{}}l}}{{{title}}} {END}"]
    cells = zip(row.cells, align, strict=True)
    lines.append(" & ".join(_cell(cell, letter) for cell, letter in cells) + f" {END}")
    if any(cell.below for cell in row.cells):
        below = " & ".join(escape(cell.below) for cell in row.cells)
        lines.append(f"{below} {END}[2pt]")
    return lines


def _cell(cell: Cell, align: str) -> str:
    text = _opened(_breakable(cell.text) if align == "p" else escape(cell.text))
    text = rf"\raggedright {text}" if align == "p" and text else text
    return f"{text}$^{{{cell.stars}}}$" if cell.stars else text


def _breakable(text: str) -> str:
    """Text with places to break in long unbroken runs, as digests and file names are."""
    pieces = LONG.split(text)
    runs = [BREAK.join(map(escape, re.findall(".{1,10}", run))) for run in LONG.findall(text)]
    return escape(pieces[0]) + "".join(
        run + escape(rest) for run, rest in zip(runs, pieces[1:], strict=True)
    )


def _opened(text: str) -> str:
    """Text whose first bracket is not read as an optional argument of what went before."""
    return f"{{}}{text}" if text.startswith("[") else text


def _size(columns: int) -> str:
    """Type and gaps that let wide tables stay on the page."""
    return SMALL if columns < 6 else SMALLER if columns < 10 else SMALLEST


def _plain(text: str) -> str:
    return "".join(SPECIAL.get(character, _character(character)) for character in text)


def _character(character: str) -> str:
    latin = ord(character) < 0x180 and character.isprintable()
    return character if latin else f"[U+{ord(character):04X}]"
