"""Tables as LaTeX, fitted to the page, with csv beside them."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from math import ceil

import numpy as np
import pandas as pd

from oib_pipeline.report.document.blocks import Cell, Head, Row, Table
from oib_pipeline.report.document.labels import CHINESE, resolve, visible

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
LONG = re.compile(r"[^\s\u2e80-\uffef]{18,}")
BREAK = r"\allowbreak{}"


def escape(text: str) -> str:
    """Text as LaTeX prints it; Chinese set apart, other unknown characters by their number."""
    pieces: list[str] = []
    position = 0
    plain = visible(text)
    for found in CHINESE.finditer(plain):
        pieces += [_plain(plain[position : found.start()]), rf"\oibzh{{{found.group()}}}"]
        position = found.end()
    return "".join([*pieces, _plain(plain[position:])])


def breakable(text: str) -> str:
    """Text with places to break in long unbroken runs, as digests and file names are."""
    pieces = LONG.split(text)
    runs = [BREAK.join(map(escape, re.findall(".{1,6}", run))) for run in LONG.findall(text)]
    said = escape(pieces[0]) + "".join(
        run + escape(rest) for run, rest in zip(runs, pieces[1:], strict=True)
    )
    return said.replace("][U+", f"]{BREAK}[U+")


def bracket_safe(text: str) -> str:
    """Text whose first bracket is not read as an optional argument of what went before."""
    return f"{{}}{text}" if text.startswith("[") else text


def _plain(text: str) -> str:
    return "".join(SPECIAL.get(character, _character(character)) for character in text)


def _character(character: str) -> str:
    latin = ord(character) < 0x180 and character.isprintable()
    return character if latin else f"[U+{ord(character):04X}]"


UPRIGHT, SIDEWAYS = 345.0, 550.0  # points of a line, of an article on either side
LINES = 40  # of an upright page in the small type, the notes and the caption taken off
SIDEWAYS_LINES = 24
WIDEST_FIXED = 16.0  # em: a column of words beyond this is broken into lines
NARROWEST = 6.0  # em of a column of running text
EM_WIDTHS = {
    **dict.fromkeys("il.,:;'|!()[]", 0.3),
    **dict.fromkeys("fjrt -/", 0.37),
    **dict.fromkeys("mwMW%@", 0.86),
    **dict.fromkeys("ABCDEFGHKNOPQRSTUVXYZ_+=<>\u00d7\u2212\u2014\u2264\u2265", 0.74),
}


@dataclass(frozen=True)
class Type:
    """A size of type: its command, em in points as set, gap on each side of a column."""

    command: str
    em: float
    gap: float


TYPES = (
    Type(r"\small", 9.25, 6.0),
    Type(r"\setlength{\tabcolsep}{3pt}\footnotesize", 8.5, 3.0),
    Type(r"\setlength{\tabcolsep}{3pt}\scriptsize", 7.95, 3.0),
)


@dataclass(frozen=True)
class Layout:
    """What was chosen. ``shares``: of the line, for each column that is broken into lines."""

    type: Type
    sideways: bool
    long: bool
    shares: dict[int, float]

    def wide(self, text: str) -> bool:
        """Whether a text across the columns is too long for one line."""
        return text_width_em(text) * self.type.em > 0.9 * (SIDEWAYS if self.sideways else UPRIGHT)

    def columns(self, align: str) -> str:
        """The column specification."""
        return "".join(
            rf">{{\raggedright}}p{{{self.shares[place]:.3f}\linewidth}}"
            if place in self.shares
            else letter
            for place, letter in enumerate(align)
        )


def layout(table: Table) -> Layout:
    """The largest type in which the table fits an upright line, else a line on its side."""
    upright = _fitting(table, UPRIGHT)
    line = UPRIGHT if upright else SIDEWAYS
    chosen, flexible = upright or _fitting(table, SIDEWAYS) or (TYPES[-1], _worded(table))
    shares = _shares(table, chosen, flexible, line)
    long = _lines(table, chosen, shares, line) > (LINES if upright else SIDEWAYS_LINES)
    return Layout(chosen, not upright, long or not upright, shares)


def text_width_em(text: str) -> float:
    """Width of a text in em, from the widths of letters in Computer Modern."""
    return sum(1.0 if ord(c) > 0x2E80 else EM_WIDTHS.get(c, 0.51) for c in text)


def split(text: str, width: float) -> list[str]:
    """A heading in the fewest lines of at most that many em, where its words allow."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and text_width_em(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def body_width(table: Table, place: int) -> float:
    """The widest cell of a column below its heading, in em."""
    cells = [row.cells[place] for row in table.rows if row.kind == "body"]
    return max([_laid_out_cell(cell) for cell in cells], default=0.0)


def head_width(table: Table, place: int) -> float:
    """What a heading of one column may take: as much as the values, or its longest word."""
    words = [word for text in _heads(table, place) for word in text.split(" ")]
    return max([body_width(table, place), *(text_width_em(word) for word in words)])


def _laid_out_cell(cell: Cell) -> float:
    return max(text_width_em(cell.text) + 0.4 * len(cell.stars), text_width_em(cell.below))


def _heads(table: Table, place: int) -> list[str]:
    found = []
    for row in table.head:
        at = 0
        for head in row:
            if at == place and head.span == 1:
                found.append(head.text)
            at += head.span
    return found


def _running(table: Table) -> list[int]:
    """Columns of running text."""
    return [place for place, letter in enumerate(table.align) if letter == "p"]


def _worded(table: Table) -> list[int]:
    """Columns of running text, and of words long enough to be broken into lines."""
    return [
        place
        for place, letter in enumerate(table.align)
        if letter == "p" or (letter == "l" and body_width(table, place) > WIDEST_FIXED)
    ]


def _rest(table: Table, kind: Type, flexible: list[int], line: float) -> float:
    """Points that the columns of fixed width leave to the others."""
    fixed = sum(
        head_width(table, place) for place in range(len(table.align)) if place not in flexible
    )
    return line - fixed * kind.em - 2 * kind.gap * (len(table.align) - 1)


def _fitting(table: Table, line: float) -> tuple[Type, list[int]] | None:
    """Words stay whole in the first two sizes if they can."""
    large, middle, small = TYPES
    whole, broken = _running(table), _worded(table)
    tried = [(large, whole), (middle, whole), (large, broken), (middle, broken)]
    for kind, flexible in [*tried, (small, whole), (small, broken)]:
        needed = sum(_least(table, place) for place in flexible) * kind.em
        if _rest(table, kind, flexible, line) >= needed:
            return kind, flexible
    return None


def _least(table: Table, place: int) -> float:
    """Em that a column of running text needs: more the more it has to say."""
    return max(NARROWEST, min(body_width(table, place), 60.0) / 3.5)


def _shares(table: Table, kind: Type, flexible: list[int], line: float) -> dict[int, float]:
    """Shares of the line: what each needs at least, the rest to those with more to say."""
    if not flexible:
        return {}
    wanted = {place: min(body_width(table, place), 60.0) + 1 for place in flexible}
    least = {place: min(_least(table, place), wanted[place] + NARROWEST) for place in flexible}
    rest = _rest(table, kind, flexible, line)
    if rest < sum(_least(table, place) for place in flexible) * kind.em:
        rest = 0.3 * line  # nothing fits: rather too wide than unreadable
    spare = max(rest / kind.em - sum(least.values()), 0.0)
    more = {place: max(wanted[place] - least[place], 0.0) for place in flexible}
    total = max(sum(more.values()), 1.0)
    scale = min(1.0, rest / kind.em / sum(least.values()))
    given = {
        place: least[place] * scale + min(spare * more[place] / total, more[place])
        for place in flexible
    }
    return {place: given[place] * kind.em / line for place in flexible}


def _lines(table: Table, kind: Type, shares: dict[int, float], line: float) -> int:
    """Printed lines, those that running text is broken into counted."""
    total = 0
    for row in table.rows:
        if row.kind == "group":
            total += 1
            continue
        tall = [
            ceil(1.2 * text_width_em(row.cells[place].text) * kind.em / (share * line))
            for place, share in shares.items()
        ]
        total += max([1, *tall]) + any(cell.below for cell in row.cells)
    return total


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
    notes = [bracket_safe(escape(resolve(note, words))) for note in table.notes]
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
        title = rf"\textit{{{_cell_of(row.cells[0], broken=False)}}}"
        kind = r"p{0.97\linewidth}" if how.wide(row.cells[0].text) else "l"
        return [*lines, rf"\multicolumn{{{len(align)}}}{{@{{}}{kind}}}{{{title}}} {END}"]
    cells = [_cell_of(cell, broken=place in how.shares) for place, cell in enumerate(row.cells)]
    lines.append(" & ".join(cells) + f" {END}")
    if any(cell.below for cell in row.cells):
        below = " & ".join(escape(cell.below) for cell in row.cells)
        lines.append(f"{below} {END}[2pt]")
    return lines


def _cell_of(cell: Cell, *, broken: bool) -> str:
    text = bracket_safe(breakable(cell.text) if broken else escape(cell.text))
    return f"{text}$^{{{cell.stars}}}$" if cell.stars else text


FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(data: pd.DataFrame) -> str:
    """The frame as csv: numbers in full, text that begins like a formula led by an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_safe(str(name)) for name in data.columns])
    columns = [data.iloc[:, place].to_numpy(dtype=object) for place in range(data.shape[1])]
    writer.writerows([_value(value) for value in row] for row in zip(*columns, strict=True))
    return text.getvalue()


def _value(value: object) -> object:
    if isinstance(value, str):
        return _safe(value)
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (float, np.floating)):
        return "" if np.isnan(value) else repr(float(value))
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    return value if isinstance(value, (int, np.integer)) else _safe(str(value))


def _safe(text: str) -> str:
    return visible(f"'{text}" if text.startswith(FORMULA) else text)
