"""A table as Word's own: ruled as journals do, its heading repeated on each page."""

from __future__ import annotations

from oib_pipeline.report.document import Cell, Head, Row, Table
from oib_pipeline.report.word.runs import NAMESPACE, Runs

WIDTH = 9030  # twentieths of a point: the text's width
ALIGN = {"l": "left", "p": "left", "r": "right", "c": "center"}
THICK, THIN = 'w:val="single" w:sz="8"', 'w:val="single" w:sz="4"'
CHARACTER = 5.6  # width of a character, in twentieths of a point for each half point of its size
GAP = 150
ONE_PAGE = 36  # lines of a table that is kept together
SOFT = '<w:color w:val="4D5560"/>'
LINES = f"<w:tblBorders><w:top {THICK}/><w:bottom {THICK}/></w:tblBorders>"


def table_xml(table: Table, runs: Runs) -> str:
    """The table element."""
    size = 18 if len(table.align) < 7 else 16 if len(table.align) < 10 else 14
    widths = _widths(table, size)
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
        cells.append(_cell(text, width, align, span=head.span, line=line, low=True, kept=True))
        place += head.span
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"


def _row(row: Row, table: Table, widths: list[int], runs: Runs, size: int, *, kept: bool) -> str:
    line = f"<w:top {THIN}/>" if row.rule else ""
    if row.kind == "group":
        text = runs.xml(row.cells[0].text, look=f'<w:i/>{SOFT}<w:sz w:val="{size}"/>')
        cells = _cell(text, sum(widths), span=len(widths), line=line, kept=kept)
    else:
        cells = "".join(
            _cell(_text(cell, runs, size), width, ALIGN[letter], line=line, kept=kept)
            for cell, letter, width in zip(row.cells, table.align, widths, strict=True)
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
        text += runs.xml(cell.stars, look=look + '<w:vertAlign w:val="superscript"/>')
    if cell.below:
        text += "<w:r><w:br/></w:r>" + runs.xml(cell.below, look=SOFT + look)
    return text


def _cell(
    text: str,
    width: int,
    align: str = "left",
    *,
    span: int = 1,
    line: str = "",
    low: bool = False,
    kept: bool = False,
) -> str:
    """A cell; ``kept`` keeps its row on the page of the next."""
    spans = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    borders = f"<w:tcBorders>{line}</w:tcBorders>" if line else ""
    bottom = '<w:vAlign w:val="bottom"/>' if low else ""
    keep = "<w:keepNext/>" if kept else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spans}{borders}{bottom}</w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="Cell"/>{keep}<w:jc w:val="{align}"/></w:pPr>{text}</w:p>'
        "</w:tc>"
    )


def _widths(table: Table, size: int) -> list[int]:
    """Numbers as wide as the longest, names wrapped where they must be, running text the rest."""
    character = CHARACTER * size
    least, wanted, running = {}, {}, {}
    for place, letter in enumerate(table.align):
        texts = [row.cells[place] for row in table.rows if row.kind == "body"]
        lengths = [len(text) for c in texts for text in (c.text + c.stars, c.below)]
        head = 1.15 * _head_length(table, place)
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
