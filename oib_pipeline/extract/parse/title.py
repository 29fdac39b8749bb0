"""The lines above a table: its title, data year, scope and unit, and the rule they lead to."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field

from oib_pipeline.extract.layouts.layout import Layout, TableRule
from oib_pipeline.extract.parse.cell_text import Segment, parse_segment, unit_line
from oib_pipeline.extract.workbook.grid import has_cjk, plain_text, squash

_NUMBER = re.compile(r"(?<![\d年])\d{1,2}\s*[-–—―−]\s*\d{1,2}(?:\s*[-–—―−]\s*\d{1,2})?(?!\d)")
YEARBOOK = "年鉴"
_EDITION = re.compile(r"((?:19|20)\d\d)年?版?[^\d年]*年鉴|年鉴[^\d]{0,3}((?:19|20)\d\d)")
_CONTINUED = re.compile(
    r"\(?续表?\s*[\d一二三四五六七八九十]*\)?|\(?\bcontinued\b\s*\d*\)?\s*$", re.IGNORECASE
)


@dataclass(frozen=True)
class Line:
    """One cell above a table."""

    row: int
    column: int
    text: str


@dataclass
class Title:
    """What the lines above a table say.

    ``action`` is read, skip, or unknown; ``lines`` are those that name it, for an error's sake;
    ``named`` are the tables to read that they name; ``says_so`` is whether they, or a 续表, stand
    there in print.
    """

    printed: str = ""
    action: str = ""
    rule: TableRule | None = None
    reason: str = ""
    continued: bool = False
    says_so: bool = True
    named: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    editions: tuple[tuple[int, Line], ...] = ()
    scopes: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    several_units: bool = False
    unknown_units: list[Line] = field(default_factory=list)
    unknown: list[Line] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def read_title(lines: list[Line], layout: Layout, file: str) -> Title:
    """The title that some lines above a header make, held against the titles known."""
    title = Title()
    pieces: list[tuple[Line, str]] = []
    english = not any(has_cjk(line.text) for line in lines)
    for line in lines:
        if layout.ignores(line.text):
            continue
        if (stated := unit_line(plain_text(line.text), layout)) is not None:
            title.several_units |= len(stated.units) > 1
            _note(title, line, stated)
            continue
        if not has_cjk(line.text) and not (english and _names_table(line.text)):
            _note(title, line, parse_segment(line.text, layout))
            continue
        title.lines.append(line)
        for before, after in _EDITION.findall(plain_text(line.text)):
            title.editions += ((int(before or after), line),)
        pieces += [(line, piece) for piece in _pieces(line.text, title)]
    keyed = []
    for line, piece in pieces:
        segment = parse_segment(piece, layout)
        _note(title, line, segment)
        if key := segment.key or (segment.english if english else ""):
            keyed.append((line, key, piece))
    title.printed = " ".join(plain_text(line.text) for line in title.lines)
    _decide(title, keyed, layout, file)
    return title


def title_keys(line: Line, layout: Layout) -> list[str]:
    """What of a line tables.csv would have to name, for the line to be known."""
    parts = [parse_segment(piece, layout) for piece in _pieces(line.text, Title())]
    keys = [part.key or part.english for part in parts]
    known = {rule.title for rule in layout.tables}
    return [key for key in keys if key and key not in known]


def nearest_titles(text: str, layout: Layout, count: int = 3) -> list[str]:
    """Known titles that look most like a text."""
    known = [rule.title for rule in layout.tables if not rule.columns]
    return difflib.get_close_matches(squash(text), known, n=count, cutoff=0.4)


def rule_by_columns(keys: set[str], layout: Layout, file: str) -> TableRule | None:
    """The rule for an untitled table, known by columns it has; the most exacting one."""
    fitting = [
        rule
        for rule in layout.tables
        if rule.columns and rule.columns <= keys and rule.file in {"", file}
    ]
    return max(fitting, key=lambda rule: len(rule.columns), default=None)


def _names_table(text: str) -> bool:
    """Whether an English line prints the number of a table, or that it is continued."""
    return bool(_NUMBER.search(plain_text(text)) or _CONTINUED.search(plain_text(text)))


def _pieces(text: str, title: Title) -> list[str]:
    """Wording before and after the table's number, the number and a 续表 taken out."""
    text = plain_text(text)
    if _CONTINUED.search(text):
        title.continued = True
        text = _CONTINUED.sub(" ", text)
    title.numbers += tuple(squash(number) for number in _NUMBER.findall(text))
    return [piece for piece in _NUMBER.split(text) if piece.strip()]


def _note(title: Title, line: Line, segment: Segment) -> None:
    if segment.unknown_unit:
        title.unknown_units.append(line)
    title.units += segment.units
    title.scopes += segment.scopes
    if segment.year is not None and YEARBOOK not in segment.printed:
        title.years += (segment.year,)  # a yearbook's own name prints its edition, not the data's


def _decide(title: Title, keyed: list[tuple[Line, str, str]], layout: Layout, file: str) -> None:
    rules = {
        rule.title: rule
        for rule in sorted(layout.tables, key=lambda r: (bool(r.file), bool(r.editions)))
        if not rule.columns and rule.file in {"", file}
    }
    whole = "".join(key for _, key, _ in keyed)
    if whole in rules and len(keyed) > 1:
        keyed = [(keyed[0][0], whole, whole)]
    elif len(keyed) > 1:
        keyed = _joined(keyed, rules)
    found = [rules[key] for _, key, _ in keyed if key in rules]
    title.unknown = [line for line, key, _ in keyed if key not in rules]
    title.named = tuple(dict.fromkeys(r.title for r in found if r.action == "read"))
    skips = [rule for rule in found if rule.action == "skip"]
    reads = [rule for rule in found if rule.action == "read"]
    if skips:
        title.action, title.rule, title.reason = "skip", skips[0], skips[0].reason
        title.unknown = []
    elif title.unknown or len({rule.title for rule in reads}) > 1:
        title.action = "unknown"
    elif reads:
        title.action, title.rule = "read", reads[0]


def _joined(
    keyed: list[tuple[Line, str, str]], rules: dict[str, TableRule]
) -> list[tuple[Line, str, str]]:
    """Neighbouring pieces joined where only together they are a known title (a broken line)."""
    joined: list[tuple[Line, str, str]] = []
    index = 0
    while index < len(keyed):
        line, key, piece = keyed[index]
        if key not in rules and index + 1 < len(keyed) and key + keyed[index + 1][1] in rules:
            joined.append((line, key + keyed[index + 1][1], piece + keyed[index + 1][2]))
            index += 2
        else:
            joined.append((line, key, piece))
            index += 1
    return joined
