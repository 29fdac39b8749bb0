"""How wide each column of a Word table is, in twentieths of a point."""

from __future__ import annotations

from oib_pipeline.report.blocks import Table

WIDTH = 9030  # the text's width
CHARACTER = 5.6  # width of a character, for each half point of its size
GAP = 150


def starred_columns(table: Table) -> set[int]:
    """Columns of numbers that have stars or standard errors, which hang outside."""
    cells = [cell for row in table.rows if row.kind == "body" for cell in enumerate(row.cells)]
    return {place for place, cell in cells if (cell.stars or cell.below) and place}


def widths(table: Table, size: int) -> list[int]:
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
