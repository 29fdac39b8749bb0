"""Tables whose title is unknown, missing or not the only one, as faults with the row to add."""

from __future__ import annotations

from oib_pipeline.extract.advice import line
from oib_pipeline.extract.blocks import Block
from oib_pipeline.extract.grid import address
from oib_pipeline.extract.layout import Layout
from oib_pipeline.extract.reading import Reading
from oib_pipeline.extract.title import Line, nearest_titles, title_keys


def unknown_title(reading: Reading, block: Block, layout: Layout) -> None:
    """Note why no rule of tables.csv follows from the lines above a table."""
    title = reading.title
    for unknown in title.unknown:
        _unknown(reading, unknown, layout)
    if title.unknown:
        return
    if len(title.named) > 1:
        first = title.lines[0]
        reading.fault(
            address(first.row, first.column),
            f"the titles of {len(title.named)} tables over one, {' and '.join(title.named)}",
            "one title over each table",
            "Check the page: rows between two tables, or the city column of one, may be lost; a "
            "line that only stands over titles has `heading` for `read` in layouts/tables.csv.",
        )
    elif title.lines:
        for one in title.lines:
            _unknown(reading, one, layout)
    else:
        _missing(reading, block, layout)


def _unknown(reading: Reading, one: Line, layout: Layout) -> None:
    series = layout.series
    near = ", ".join(nearest_titles(one.text, layout)) or "none near it"
    keys = title_keys(one, layout) or [one.text]
    rows = " and ".join(line("tables", series=series, title=key) for key in keys)
    todo = (
        f"It stands beside a title that is known: add {rows} to layouts/tables.csv, with `heading` "
        "under action."
        if reading.title.named
        else f"Add {rows} to layouts/tables.csv, under action with `read` (then with the scope of "
        "its figures, or `both` where its headers print it, and the variables it must have under "
        "`requires`), `skip` (with the reason), or `heading` if it only stands over titles."
    )
    reading.fault(
        address(one.row, one.column),
        f"the title {one.text.strip()!r}",
        f"a title of the series {series!r} (nearest: {near})",
        todo,
    )


def _missing(reading: Reading, block: Block, layout: Layout) -> None:
    named = list(dict.fromkeys(column.key for column in reading.columns if column.key))
    known = ", ".join(rule.title for rule in layout.tables if rule.columns)
    row = line("tables", series=layout.series, title=f"[{'+'.join(named[:2])}]")
    reading.fault(
        address(block.header[0], block.columns[0]),
        f"a table without a title, with the columns {', '.join(map(repr, named))}",
        "a title, or columns by which tables.csv knows an untitled table of the series "
        f"{layout.series!r} ({known or 'it knows none'})",
        f"Add {row} to layouts/tables.csv, under action with `read` (then with the scope of its "
        "figures and the variables it must have under `requires`) or `skip` (with the reason).",
    )
