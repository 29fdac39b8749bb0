"""Old .xls workbooks: the key of CNKI's files, and what must be known before they are parsed."""

from __future__ import annotations

import io
import struct

from oib_pipeline.extract.workbook.limits import MAX_BYTES, MAX_CELLS, Unreadable

DEFAULT_PASSWORD = "VelvetSweatshop"  # the one Excel itself tries; CNKI's pages are saved with it
CELLS = {0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E}
FORMULA, BOF, BOUNDSHEET, BOOLERR = 0x0006, 0x0809, 0x0085, 0x0205
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
          0x24: "#NUM!", 0x2A: "#N/A"}  # fmt: skip
Odd = tuple[dict[tuple[int, int], bool], dict[tuple[int, int], str]]
EMPTY = b"\x03\0\0\0\0\0\xff\xff"  # the stored value of a formula that has none
RECALCULATE = 0x0003  # "always calculate" or "calculate on load": the stored value is no result


def decrypt(data: bytes) -> bytes:
    """An OLE file's workbook in the clear; the same bytes where it was never encrypted.

    Raises
    ------
    Unreadable
        Where the file is damaged, or another password is needed.
    """
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, InvalidKeyError

    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
        if not office.is_encrypted():
            return data
        office.load_key(password=DEFAULT_PASSWORD)
        clear = io.BytesIO()
        office.decrypt(clear)
    except (InvalidKeyError, DecryptionError) as error:
        raise Unreadable(
            "a workbook locked with a password of its own",
            f"none, or the default {DEFAULT_PASSWORD!r}",
        ) from error
    except Exception as error:
        raise Unreadable(f"a damaged workbook ({error})", "a whole .xls workbook") from error
    return clear.getvalue()


def check_stream(data: bytes) -> dict[int, Odd]:
    """Odd cells by sheet (from 0) of a clear .xls, once its cells are known to be bounded.

    They are its formulas, with whether the stored value may be used, and its error values.
    """
    import olefile  # type: ignore[import-untyped]

    if not data.startswith(b"\xd0\xcf\x11\xe0"):
        return {}
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            name = next((n for n in ("Workbook", "Book") if ole.exists(n)), None)
            if name is None:
                raise Unreadable("an OLE file without a workbook in it", "an .xls workbook")
            if ole.get_size(name) > MAX_BYTES:
                raise Unreadable("an oversized workbook stream", f"at most {MAX_BYTES:,} bytes")
            stream = ole.openstream(name).read()
    except OSError as error:
        raise Unreadable(f"a damaged workbook ({error})", "a whole .xls workbook") from error
    return _walk(stream)


def _walk(stream: bytes) -> dict[int, Odd]:
    odd: dict[int, Odd] = {}
    starts: list[int] = []
    rows = columns = offset = 0
    sheet = -1
    while offset + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, offset)
        body = offset + 4
        offset = body + length
        if kind == BOUNDSHEET and length >= 4:
            starts.append(struct.unpack_from("<I", stream, body)[0])
        elif kind == BOF:
            sheet = starts.index(body - 4) if body - 4 in starts else -1
            rows = columns = 0
        elif kind in CELLS and length >= 4:
            row, column = struct.unpack_from("<HH", stream, body)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
            if rows * columns > MAX_CELLS:
                raise Unreadable(f"cells in {rows:,} rows and {columns:,} columns",
                                 f"at most {MAX_CELLS:,} cells")  # fmt: skip
            if kind == FORMULA and length >= 16 and sheet >= 0:
                kept, flags = struct.unpack_from("<8sH", stream, body + 6)
                computed = not flags & RECALCULATE and kept != EMPTY
                odd.setdefault(sheet, ({}, {}))[0][row, column] = computed
                if kept[0] == 2 and kept[6:] == b"\xff\xff":
                    odd[sheet][1][row, column] = ERRORS.get(kept[2], "#VALUE!")
            elif kind == BOOLERR and length >= 8 and sheet >= 0 and stream[body + 7]:
                printed = ERRORS.get(stream[body + 6], "#VALUE!")
                odd.setdefault(sheet, ({}, {}))[1][row, column] = printed
    return odd
