"""Delimited text as a grid: UTF-8 with or without a mark, UTF-16, GB18030."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter

import numpy as np

from oib_pipeline.extract.bounds import MAX_BYTES, MAX_CELLS, Unreadable

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
SAMPLE, LINES = 100_000, 60
CONTROLS = {chr(code) for code in range(32)} - {"\t", "\n", "\r", "\f", "\v"}


def read_delimited(data: bytes) -> tuple[np.ndarray, tuple[int, ...]]:
    """Cells (rows, columns) as text, and the number of fields of each row.

    Raises
    ------
    Unreadable
        For bytes in no known encoding, or quotes that do not close.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(f"{len(data):,} bytes of text", f"at most {MAX_BYTES:,}")
    text = _decode(data)
    try:
        rows = list(
            csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
        )
    except csv.Error as error:
        raise Unreadable(f"text that is no table ({error})", "fields parted by commas") from error
    lengths = tuple(len(row) for row in rows)
    width = max(lengths, default=0)
    if width * len(rows) > MAX_CELLS:
        raise Unreadable(f"{len(rows):,} rows of {width:,} fields", f"at most {MAX_CELLS:,} cells")
    cells = np.full((len(rows), width), "", dtype=object)
    if lengths and min(lengths) == width:
        cells[:] = rows
    else:
        for index, row in enumerate(rows):
            cells[index, : len(row)] = row
    return cells, lengths


def _decode(data: bytes) -> str:
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), None)
    for candidate in [encoding] if encoding else ["utf-8", "gb18030"]:
        try:
            text = data.decode(candidate)
        except UnicodeDecodeError:
            continue
        if not CONTROLS.intersection(text):
            return text
    raise Unreadable("bytes in no known encoding", "UTF-8 or GB18030 text, .xlsx or .xls")


def _delimiter(text: str) -> str:
    """The sign that parts the most lines into equally many fields, of those that part any."""
    lines = [line for line in text[:SAMPLE].splitlines() if line.strip()][:LINES]

    def regular(sign: str) -> tuple[int, int]:
        counts = Counter(count for line in lines if (count := line.count(sign)))
        fields, often = max(counts.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return often, fields

    return max([",", "\t", ";", "|"], key=regular)
