"""The row that a person would have to add to a table, written out as it goes into the file."""

from __future__ import annotations

import csv
import io

from oib_pipeline.extract.layout_tables import COLUMNS, OPTIONAL


def line(name: str, /, **cells: str) -> str:
    """A line of a layout table: what is given, in the order of its columns, the rest blank."""
    columns = COLUMNS[name].split()
    values = [cells.get(column, "") for column in columns]
    while columns[len(values) - 1] in OPTIONAL.get(name, set()) and not values[-1]:
        values.pop()
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(values)
    return f"`{out.getvalue()}`"
