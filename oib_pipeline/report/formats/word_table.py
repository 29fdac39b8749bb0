"""Word tables and runs of text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

from oib_pipeline.report.document.blocks import Cell, Head, Row, Table
from oib_pipeline.report.document.labels import CHINESE, REFERENCE, visible
from oib_pipeline.report.formats.font import FAMILY

WIDTH = 9030  # the text's width
CHARACTER = 5.6  # width of a character, for each half point of its size
GAP = 150


def starred_columns(table: Table) -> set[int]:
    """Columns of numbers that have stars or standard errors, which hang outside."""
    cells = [cell for row in table.rows if row.kind == "body" for cell in enumerate(row.cells)]
    return {place for place, cell in cells if (cell.stars or cell.below) and place}


def column_widths(table: Table, size: int) -> list[int]:
    """Numbers as wide as the longest, names wrapped where they must be, running text the rest."""
    character = CHARACTER * size
    least, wanted, running = {}, {}, {}
    starred = starred_columns(table)
    for place, letter in enumerate(table.align):
        texts = [row.cells[place] for row in table.rows if row.kind == "body"]
        spare = 2 * (place in starred)
        lengths = [len(text) + spare for c in texts for text in (c.text, c.below)]
        head = 1.15 * _head_length(table, place) + spare
        if letter == "p":
            running[place] = min(max(sum(lengths) / max(len(texts), 1), head, 10), 60)
            continue
        wanted[place] = character * max([*lengths, head, 3]) + GAP
        words = [len(word) for c in texts for word in c.text.split(" ")]
        least[place] = character * max([*words, head, 3]) + GAP if letter == "l" else wanted[place]
    limit = WIDTH * (0.66 if running else 1)
    narrow = _fitted(wanted, least, limit)
    room = WIDTH - sum(narrow.values())
    share = room / sum(running.values()) if running else 0
    return [
        round(narrow[place]) if place in narrow else round(share * running[place])
        for place in range(len(table.align))
    ]


def _fitted(wanted: dict[int, float], least: dict[int, float], limit: float) -> dict[int, float]:
    """Widths within the limit: names give way first, all alike only where that is too little."""
    over = sum(wanted.values()) - limit
    if over <= 0:
        return wanted
    spare = sum(wanted.values()) - sum(least.values())
    given = min(over / spare, 1) if spare else 0
    fitted = {place: wanted[place] - given * (wanted[place] - least[place]) for place in wanted}
    shrink = min(1, max(limit, 0.8 * WIDTH) / sum(fitted.values()))
    return {place: shrink * width for place, width in fitted.items()}


def _head_length(table: Table, place: int) -> int:
    """The longest word of a column's heading, for headings wrap."""
    at = 0
    for head in table.head[-1] if table.head else ():
        if at <= place < at + head.span:
            return max((len(word) for word in head.text.split()), default=0)
        at += head.span
    return 0


NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
CHINESE_RUN = f'<w:rFonts w:eastAsia="{FAMILY}" w:hint="eastAsia"/>{{}}<w:lang w:eastAsia="zh-CN"/>'
LINK = '<w:color w:val="0B4F82"/>'
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Runs:
    """Writes text; ``words`` are what references stand for, ``targets`` what can be linked to."""

    def __init__(self, words: dict[str, str], targets: set[str]) -> None:
        self.words, self.targets = words, targets
        self._marks = 0

    def xml(self, text: str, *, look: str = "") -> str:
        """The text as runs; ``look`` is what their properties hold besides."""
        pieces, position = [], 0
        for found in REFERENCE.finditer(text):
            pieces.append(self._runs(text[position : found.start()], look))
            name = found[1]
            word = self.words.get(name, found[0])
            pieces.append(self.link(name, self._runs(word, LINK + look)))
            position = found.end()
        return "".join([*pieces, self._runs(text[position:], look)])

    def link(self, name: str, runs: str) -> str:
        """Runs that lead to a place in the document; as they are where there is no such place."""
        if name not in self.targets:
            return runs
        return f'<w:hyperlink w:anchor="{bookmark(name)}" w:history="1">{runs}</w:hyperlink>'

    def mark_xml(self, name: str) -> tuple[str, str]:
        """Beginning and end of a place that links can lead to."""
        self._marks += 1
        return (
            f'<w:bookmarkStart w:id="{self._marks}" w:name="{bookmark(name)}"/>',
            f'<w:bookmarkEnd w:id="{self._marks}"/>',
        )

    def safe(self, text: str) -> str:
        """Outside text without what XML or a reader would stumble over."""
        return NOT_XML.sub("\ufffd", visible(text))

    def _runs(self, text: str, look: str) -> str:
        return "".join(_run(part, look, chinese) for part, chinese in _parts(self.safe(text)))


def bookmark(name: str) -> str:
    """A name as Word allows it: letters, digits, underscores, at most 40 of them."""
    return "_" + re.sub(r"[^A-Za-z0-9_]", "_", name)[-39:]


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    position = 0
    for found in CHINESE.finditer(text):
        if found.start() > position:
            yield text[position : found.start()], False
        yield found[0], True
        position = found.end()
    if position < len(text):
        yield text[position:], False


def _run(text: str, look: str, chinese: bool) -> str:
    properties = CHINESE_RUN.format(look) if chinese else look
    lines = '</w:t><w:br/><w:t xml:space="preserve">'.join(map(escape, text.split("\n")))
    shape = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{shape}<w:t xml:space="preserve">{lines}</w:t></w:r>'


ALIGN = {"l": "left", "p": "left", "r": "right", "c": "center"}
THICK, THIN = 'w:val="single" w:sz="8"', 'w:val="single" w:sz="4"'
ONE_PAGE = 30  # lines of a table that is kept together
STAR, BRACKET = 0.389, 0.333  # widths of * and ) in the face of cells, in its size
RAISED = 0.7  # size of stars, of the text's
MOST_STARS = 3
SOFT = '<w:color w:val="4D5560"/>'
LINES = f"<w:tblBorders><w:top {THICK}/><w:bottom {THICK}/></w:tblBorders>"


def table_xml(table: Table, runs: Runs) -> str:
    """The table element."""
    size = 18 if len(table.align) < 7 else 16 if len(table.align) < 10 else 14
    widths = column_widths(table, size)
    rows = [_head(row, table, widths, runs, size, last=row is table.head[-1]) for row in table.head]
    together = len(table.rows) + sum(any(c.below for c in r.cells) for r in table.rows) <= ONE_PAGE
    rows += [
        _row(
            row,
            table,
            widths,
            runs,
            size,
            kept=together and (row is not table.rows[-1] or bool(table.notes)),
        )
        for row in table.rows
    ]
    return _table(widths, LINES, runs.safe(table.title), "".join(rows))


def grid_xml(items: tuple[tuple[str, str], ...], runs: Runs) -> str:
    """Terms with what they are, in two columns."""
    widths = [1900, WIDTH - 1900]
    line = f'<w:bottom {THIN} w:color="C9CED6"/>'
    rows = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        + _cell(runs.xml(term, look=f"<w:b/>{SOFT}"), widths[0], line=line)
        + _cell(runs.xml(fact), widths[1], line=line)
        + "</w:tr>"
        for term, fact in items
    )
    return _table(widths, "", "", rows)


def _table(widths: list[int], lines: str, title: str, rows: str) -> str:
    from xml.sax.saxutils import quoteattr

    said = f"<w:tblCaption w:val={quoteattr(title)}/>" if title else ""
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl {NAMESPACE}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>{lines}'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="60" w:type="dxa"/>'
        '<w:right w:w="60" w:type="dxa"/></w:tblCellMar><w:tblLook w:firstRow="1" '
        f'w:firstColumn="1" w:lastRow="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>{said}'
        f"</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"
    )


def _head(
    row: tuple[Head, ...], table: Table, widths: list[int], runs: Runs, size: int, *, last: bool
) -> str:
    cells, place = [], 0
    for head in row:
        width = sum(widths[place : place + head.span])
        align = "center" if head.span > 1 else ALIGN[table.align[place]]
        under = last or (head.rule and head.text)
        line = f"<w:bottom {THIN}/>" if under else ""
        text = runs.xml(head.text, look=f'<w:b/><w:sz w:val="{size}"/>')
        hangs = (
            _hangs(Cell(), size) if head.span == 1 and place in starred_columns(table) else (0, 0)
        )
        cells.append(
            _cell(text, width, align, span=head.span, line=line, low=True, kept=True, hangs=hangs)
        )
        place += head.span
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"


def _row(row: Row, table: Table, widths: list[int], runs: Runs, size: int, *, kept: bool) -> str:
    line = f"<w:top {THIN}/>" if row.rule else ""
    starred = starred_columns(table)
    if row.kind == "group":
        text = runs.xml(row.cells[0].text, look=f'<w:i/>{SOFT}<w:sz w:val="{size}"/>')
        cells = _cell(text, sum(widths), span=len(widths), line=line, kept=kept)
    else:
        cells = "".join(
            _cell(
                _text(cell, runs, size),
                width,
                ALIGN[letter],
                line=line,
                kept=kept,
                below=_below(cell, runs, size),
                hangs=_hangs(cell, size) if place in starred else (0, 0),
            )
            for place, (cell, letter, width) in enumerate(
                zip(row.cells, table.align, widths, strict=True)
            )
        )
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"


def _text(cell: Cell, runs: Runs, size: int) -> str:
    look = f'<w:sz w:val="{size}"/>'
    text = runs.xml(cell.text, look=look)
    if cell.link.startswith("#"):
        text = runs.link(cell.link[1:], text)
    if cell.anchor:
        start, end = runs.mark_xml(cell.anchor)
        text = start + text + end
    if cell.stars:
        raised = f'<w:position w:val="{size // 3}"/><w:sz w:val="{round(RAISED * size)}"/>'
        text += runs.xml(cell.stars, look=raised)
    return text


def _below(cell: Cell, runs: Runs, size: int) -> str:
    """The second line of a cell, a paragraph of its own."""
    return runs.xml(cell.below, look=f'{SOFT}<w:sz w:val="{size}"/>') if cell.below else ""


def _hangs(cell: Cell, size: int) -> tuple[int, int]:
    """Room right of the first line and of the second, so that digits stand under digits.

    Stars and closing brackets hang in it, as they do in print.
    """
    em = 10 * size  # twentieths of a point
    room = MOST_STARS * STAR * RAISED * em
    first = room * (1 - len(cell.stars) / MOST_STARS)
    return round(first), round(room - (BRACKET * em if cell.below.endswith(")") else 0))


def _cell(
    text: str,
    width: int,
    align: str = "left",
    *,
    span: int = 1,
    line: str = "",
    low: bool = False,
    kept: bool = False,
    below: str = "",
    hangs: tuple[int, int] = (0, 0),
) -> str:
    """A cell; ``kept`` keeps its row on the page of the next, ``hangs`` indents its lines."""
    spans = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    borders = f"<w:tcBorders>{line}</w:tcBorders>" if line else ""
    bottom = '<w:vAlign w:val="bottom"/>' if low else ""
    keep = "<w:keepNext/>" if kept else ""
    paragraphs = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="Cell"/>{keep}{_indent(hang)}<w:jc w:val="{align}"/></w:pPr>'
        f"{content}</w:p>"
        for content, hang in zip([text, *([below] if below else [])], hangs, strict=False)
    )
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spans}{borders}{bottom}</w:tcPr>'
        f"{paragraphs}</w:tc>"
    )


def _indent(right: int) -> str:
    return f'<w:ind w:right="{right}"/>' if right else ""
