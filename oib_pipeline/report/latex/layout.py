"""How a table fits its page: size of type, widths of columns, upright or on its side."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from oib_pipeline.report.blocks import Cell, Table

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
        return ems(text) * self.type.em > 0.9 * (SIDEWAYS if self.sideways else UPRIGHT)

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


def ems(text: str) -> float:
    """Width of a text in em, from the widths of letters in Computer Modern."""
    return sum(1.0 if ord(c) > 0x2E80 else EM_WIDTHS.get(c, 0.51) for c in text)


def split(text: str, width: float) -> list[str]:
    """A heading in the fewest lines of at most that many em, where its words allow."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and ems(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def body_width(table: Table, place: int) -> float:
    """The widest cell of a column below its heading, in em."""
    cells = [row.cells[place] for row in table.rows if row.kind == "body"]
    return max([_cell(cell) for cell in cells], default=0.0)


def head_width(table: Table, place: int) -> float:
    """What a heading of one column may take: as much as the values, or its longest word."""
    words = [word for text in _heads(table, place) for word in text.split(" ")]
    return max([body_width(table, place), *(ems(word) for word in words)])


def _cell(cell: Cell) -> float:
    return max(ems(cell.text) + 0.4 * len(cell.stars), ems(cell.below))


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
            ceil(1.2 * ems(row.cells[place].text) * kind.em / (share * line))
            for place, share in shares.items()
        ]
        total += max([1, *tall]) + any(cell.below for cell in row.cells)
    return total
