"""Limits on what a workbook may unfold to, held before anything is built from it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from xml.etree import ElementTree

import numpy as np

MAX_BYTES = 1_500_000_000
MAX_CELLS = 20_000_000
MAX_PARTS = 5_000
MAX_RATIO = 300
SMALL = 30_000_000
CHUNK = 1 << 18  # a piece and what is made of it fit into a processor's cache
OVERLAP = 64
STRINGS = "xl/sharedStrings.xml"
FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
CELL = re.compile(rb"<(?:\w+:)?c[\s/>][^>]*")
ADDRESSED = re.compile(rb"\sr\s*=")
PREFIXED = re.compile(rb"<\w+:worksheet")


class Unreadable(Exception):
    """A file that cannot be read: what was found, what was expected, and what to do if known."""

    def __init__(self, found: str, expected: str, todo: str = "") -> None:
        super().__init__(f"{found}; expected {expected}")
        self.found = found
        self.expected = expected
        self.todo = todo or "Fetch the file again, or save it anew as a plain workbook."


@dataclass(frozen=True)
class Part:
    """One XML part of a workbook: its largest row and column, and whether it has odd cells.

    Odd cells are formulas and error values; ``odd_cells`` finds them.
    """

    name: str
    rows: int
    columns: int
    odd: bool


def check_package(data: bytes) -> dict[str, Part]:
    """Parts of an .xlsx package by name, once they are known to unfold to a bounded size.

    Raises
    ------
    Unreadable
        For a package that is damaged, unfolds too far, or whose cells span too large a sheet.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_sizes(package.infolist(), len(data))
            return {
                info.filename: _scan(package, info)
                for info in package.infolist()
                if info.filename != STRINGS  # a sheet may be any part: the package says which
            }
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise Unreadable(f"a damaged zip package ({error})", "a whole .xlsx workbook") from error
    except Exception as error:
        if type(error).__module__ != "zlib":
            raise
        raise Unreadable(f"a damaged zip package ({error})", "a whole .xlsx workbook") from error


def _check_sizes(infos: list[zipfile.ZipInfo], size: int) -> None:
    total = sum(info.file_size for info in infos)
    if len(infos) > MAX_PARTS:
        raise Unreadable(f"a package of {len(infos)} parts", f"at most {MAX_PARTS}")
    if total > MAX_BYTES or (total > SMALL and total > MAX_RATIO * size):
        raise Unreadable(
            f"a package of {size:,} bytes that unfolds to {total:,}",
            f"at most {MAX_BYTES:,}, and no more than {MAX_RATIO} times its size",
        )


def _scan(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> Part:
    """Read a part once, in pieces: its size is then known, not only declared."""
    rows = columns = unaddressed = 0
    odd = prefixed = False
    with package.open(info) as handle:
        for number, piece in enumerate(_pieces(handle, info)):
            if not number:
                prefixed = PREFIXED.search(piece) is not None
                if b"<!DOCTYPE" in piece:
                    raise Unreadable(f"{info.filename} with a document type", "plain XML")
            plain = piece.replace(b"'", b'"') if b"'" in piece else piece
            raw = np.frombuffer(plain + b"\0" * OVERLAP, dtype=np.uint8)
            cells, maybe_formulas = _tags(raw)
            row, column, addressed, errors = _extent(raw)
            rows, columns = max(rows, row), max(columns, column)
            if prefixed or cells > addressed:
                unaddressed += sum(not ADDRESSED.search(tag) for tag in CELL.findall(piece))
            odd = odd or errors
            if not odd and (prefixed or maybe_formulas):
                odd = FORMULA.search(piece) is not None
    columns += unaddressed  # at worst they all stand in one row
    if rows * columns > MAX_CELLS:
        raise Unreadable(
            f"{info.filename} with cells in {rows:,} rows and {columns:,} columns",
            f"at most {MAX_CELLS:,} cells",
        )
    return Part(info.filename, rows, columns, odd)


def _pieces(handle: IO[bytes], info: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part's bytes piece by piece, each cut before a tag, so that none is seen in two halves."""
    read, tail = 0, b""
    while chunk := handle.read(CHUNK):
        read += len(chunk)
        if read > info.file_size or read > MAX_BYTES:
            raise Unreadable(f"{info.filename} larger than it declares", "a sound package")
        piece = tail + chunk
        cut = piece.rfind(b"<")
        if cut <= 0:
            cut = len(piece) - OVERLAP if len(piece) > 2 * CHUNK else 0
        if cut:
            yield piece[:cut]
        tail = piece[cut:]
    yield tail


def _tags(raw: np.ndarray) -> tuple[int, bool]:
    """How many tags are cells, and whether any tag begins as a formula's does."""
    after = raw[2:]
    ends = (after <= ord(" ")) | (after == ord(">")) | (after == ord("/"))
    cells = _begins(raw, b"<c")[: len(ends)] & ends
    return int(np.count_nonzero(cells)), bool(_begins(raw, b"<f").any())


def _begins(raw: np.ndarray, text: bytes) -> np.ndarray:
    """Whether a text begins at each place of it at which it would fit."""
    size = len(raw) - len(text) + 1
    found = raw[:size] == text[0]
    for offset, sign in enumerate(text[1:], 1):
        found &= raw[offset : size + offset] == sign
    return found


def _extent(raw: np.ndarray) -> tuple[int, int, int, bool]:
    """Largest row and column that a piece addresses, its addressed cells, and any error value.

    Addresses are the ``r="..."`` attributes of rows and cells; an error value has ``t="e"``.
    """
    errors = bool(_begins(raw, b't="e"').any())
    named = _begins(raw[1:], b'r="')
    starts = np.flatnonzero(named & (raw[: len(named)] <= ord(" "))) + 4
    if not len(starts):
        return 0, 0, 0, errors
    cells = int(np.count_nonzero(raw[starts] >= ord("A")))
    column = np.zeros(len(starts), dtype=np.int64)
    row = np.zeros(len(starts), dtype=np.int64)
    live = np.ones(len(starts), dtype=bool)
    for step in range(12):
        sign = raw[starts + step]
        letter, digit = (sign - 65) <= 25, (sign - 48) <= 9  # unsigned: smaller signs wrap around
        live &= letter | digit
        if not live.any():
            break
        if letter.any():
            column = np.where(live & letter, column * 26 + (sign - 64), column)
        if digit.any():
            row = np.where(live & digit, row * 10 + (sign - 48), row)
    return int(row.max()), int(column.max()), cells, errors


def odd_cells(data: bytes, part: str) -> tuple[dict[str, bool], dict[str, str]]:
    """Formulas of a part, and whether each keeps a value; error values; both by address."""
    formulas: dict[str, bool] = {}
    errors: dict[str, str] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as package, package.open(part) as handle:
        for _, element in ElementTree.iterparse(handle):
            if element.tag.rpartition("}")[2] != "c":
                continue
            tags = {child.tag.rpartition("}")[2]: child for child in element}
            value = tags["v"].text if "v" in tags else None
            if "f" in tags:
                formulas[element.get("r", "")] = bool(value)
            if element.get("t") == "e":
                errors[element.get("r", "")] = value or "#VALUE!"
            element.clear()
    return formulas, errors
