"""Text as LaTeX prints it: nothing in it is read as a command."""

from __future__ import annotations

import re

from oib_pipeline.report.text import CHINESE, visible

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


def opened(text: str) -> str:
    """Text whose first bracket is not read as an optional argument of what went before."""
    return f"{{}}{text}" if text.startswith("[") else text


def _plain(text: str) -> str:
    return "".join(SPECIAL.get(character, _character(character)) for character in text)


def _character(character: str) -> str:
    latin = ord(character) < 0x180 and character.isprintable()
    return character if latin else f"[U+{ord(character):04X}]"
