"""Delimited text as a grid: UTF-8 with or without a mark, UTF-16, GB18030."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter

import numpy as np

from oib_pipeline.extract.bounds import MAX_BYTES, MAX_CELLS, Unreadable
from oib_pipeline.extract.grid import address

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
SAMPLE, LINES = 100_000, 60
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
POINT = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)\.\d+|[+-]?\d{1,3}(?:,\d{3}){2,}")
HIGH = re.compile(rb"[\x80-\xff]+")
LONE = re.compile(rb"(?<=[A-Za-z ])[\xc0-\xff](?=[a-z ,;])")
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
    sign = _delimiter(text)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True))
    except csv.Error as error:
        raise Unreadable(f"text that is no table ({error})", "fields parted by commas") from error
    if sign == ";":
        _check_commas(rows)
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


def _check_commas(rows: list[list[str]]) -> None:
    """Refuse fields parted by semicolons whose numbers have a comma that may be the decimal sign.

    Raises
    ------
    Unreadable
        Unless a number of the file shows that its commas part thousands: 1,234.5 or 1,234,567.
    """
    fields = [(r, c, text.strip()) for r, row in enumerate(rows) for c, text in enumerate(row)]
    commas = [(r, c, text) for r, c, text in fields if DECIMAL_COMMA.fullmatch(text)]
    if not commas:
        return
    if all(THOUSANDS.fullmatch(text) for *_, text in commas) and any(
        POINT.fullmatch(text) for *_, text in fields
    ):
        return
    row, column, first = commas[0]
    raise Unreadable(
        f"{len(commas):,} numbers with a comma, {first!r} in {address(row, column)} the first, in "
        "fields parted by semicolons: a decimal comma",
        "numbers with a decimal point",
        "Save the file with decimal points, as .xlsx or as .csv of an English (US) setting; a "
        "comma that parts thousands has to be taken out.",
    )


def _decode(data: bytes) -> str:
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), None)
    for candidate in [encoding] if encoding else ["utf-8", "gb18030"]:
        try:
            text = data.decode(candidate)
        except UnicodeDecodeError:
            continue
        if candidate == "gb18030" and _western(data):
            raise Unreadable(
                "text in a Western encoding (Windows-1252, Latin-1 or the like)",
                "UTF-8 or GB18030 text",
                "Save the file anew as UTF-8 text.",
            )
        if not CONTROLS.intersection(text):
            return text
    raise Unreadable("bytes in no known encoding", "UTF-8 or GB18030 text, .xlsx or .xls")


def _western(data: bytes) -> bool:
    """Whether most signs beyond ASCII stand alone between letters, as in Göttingen."""
    alone = len(LONE.findall(data))
    return alone > 0 and 2 * alone > len(HIGH.findall(data))


def _delimiter(text: str) -> str:
    """The sign that parts the most lines into equally many fields, of those that part any."""
    lines = [line for line in text[:SAMPLE].splitlines() if line.strip()][:LINES]

    def regular(sign: str) -> tuple[int, int]:
        counts = Counter(count for line in lines if (count := line.count(sign)))
        fields, often = max(counts.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return often, fields

    return max([",", "\t", ";", "|"], key=regular)
