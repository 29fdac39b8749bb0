"""Small workbooks for the tests of the extract room, written as a publisher might."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import struct
from dataclasses import dataclass, field, replace
from pathlib import Path

import openpyxl
import xlwt
import yaml
from xlwt.CompoundDoc import XlsDoc

from oib_pipeline.contract.manifest import Release, read_release
from oib_pipeline.contract.variables import factor
from oib_pipeline.extract.release import Extraction, extract_release
from oib_pipeline.registry.registry import Registry

ROOT = Path(__file__).parents[2]
REAL = Path(os.environ.get("OIB_REAL") or ROOT.parent / "shared" / "real")
MANIFESTS = ROOT / "data" / "manifests"


@dataclass
class Page:
    """One sheet as rows of values; ``merges`` as A1 ranges."""

    rows: list[list]
    merges: list[str] = field(default_factory=list)
    sheet: str = "Sheet1"
    hidden: bool = False

    def copy(self) -> Page:
        return replace(self, rows=[list(row) for row in self.rows], merges=list(self.merges))

    def find(self, text: str) -> tuple[int, int]:
        """First cell (row, column, from 0) whose text holds a text."""
        return next(
            (r, c)
            for r, row in enumerate(self.rows)
            for c, value in enumerate(row)
            if text in str(value)
        )


def xlsx(*pages: Page) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for page in pages:
        sheet = book.create_sheet(page.sheet)
        for row in page.rows:
            sheet.append([None if value == "" else value for value in row])
        for merge in page.merges:
            sheet.merge_cells(merge)
        if page.hidden:
            sheet.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xls_book(*pages: Page) -> xlwt.Workbook:
    book = xlwt.Workbook(encoding="utf-8")
    for page in pages:
        sheet = book.add_sheet(page.sheet)
        for r, row in enumerate(page.rows):
            for c, value in enumerate(row):
                if value != "":
                    sheet.write(r, c, value)
        if page.hidden:
            sheet.visibility = 1
    return book


def xls(*pages: Page) -> bytes:
    out = io.BytesIO()
    _xls_book(*pages).save(out)
    return out.getvalue()


def text(page: Page, encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(page.rows)
    return out.getvalue().encode(encoding)


def encrypted_xls(*pages: Page, password: str = "VelvetSweatshop") -> bytes:
    """A BIFF8 workbook under RC4, as CNKI serves its pages ([MS-XLS] 2.2.10, [MS-OFFCRYPTO] 2.3.6).

    A FILEPASS record goes in after the first BOF; every record's content but those of BOF, FILEPASS
    and a sheet's position is run through RC4, keyed anew for each 1,024 bytes of the stream.
    """
    from hashlib import md5

    from msoffcrypto.method.rc4 import _makekey

    plain = _xls_book(*pages).get_biff_data()
    salt, verifier = bytes(range(16)), bytes(range(100, 116))
    key_stream = _KeyStream(lambda block: _makekey(password, salt, block))
    secret = bytes(
        a ^ b for a, b in zip(verifier + md5(verifier).digest(), key_stream.at(0, 32), strict=True)
    )
    filepass = struct.pack("<HHHHH", 0x2F, 54, 1, 1, 1) + salt + secret
    out, offset, first = bytearray(), 0, True
    while offset + 4 <= len(plain):
        kind, length = struct.unpack_from("<HH", plain, offset)
        body = bytearray(plain[offset + 4 : offset + 4 + length])
        offset += 4 + length
        if kind == 0x85:  # BOUNDSHEET: the sheet begins later by the record put in
            struct.pack_into("<I", body, 0, struct.unpack_from("<I", body)[0] + len(filepass))
        out += struct.pack("<HH", kind, length)
        start = len(out)
        clear = length if kind in {0x809, 0xE1} else 4 if kind == 0x85 else 0
        stream = key_stream.at(start, length)
        out += bytes(b if i < clear else b ^ stream[i] for i, b in enumerate(body))
        if first:
            out += filepass
            first = False
    spare = -len(out) % 4
    out += struct.pack("<HH", 0, spare) + bytes(spare)  # the container pads with zeros from here
    holder = io.BytesIO()
    XlsDoc().save(holder, bytes(out))
    return holder.getvalue()


class _KeyStream:
    """RC4 bytes of a stream at any place, 1,024 to a key."""

    def __init__(self, key) -> None:
        self._key, self._blocks = key, {}

    def at(self, start: int, length: int) -> bytes:
        return bytes(self._block(i // 1024)[i % 1024] for i in range(start, start + length))

    def _block(self, number: int) -> bytes:
        if number not in self._blocks:
            from cryptography.hazmat.primitives.ciphers import Cipher
            from msoffcrypto.method.rc4 import ARC4

            cipher = Cipher(ARC4(self._key(number)), mode=None).encryptor()
            self._blocks[number] = cipher.update(bytes(1024))
        return self._blocks[number]


def make_release(
    folder: Path,
    files: dict[str, bytes],
    series: str = "ccsy",
    edition: int = 2018,
    years: tuple[int, int] = (2017, 2017),
) -> Release:
    """A release folder with its manifest, read back."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    manifest = {
        "release": folder.name,
        "publisher": "the tests",
        "series": series,
        "edition": edition,
        "data_years": list(years),
        "licence": "none",
        "source": "made by hand",
        "retrieved": "2026-01-01",
        "synthetic": False,
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }
    (folder / "release.yml").write_text(yaml.safe_dump(manifest, allow_unicode=True))
    return read_release(folder)


def extract(folder: Path, files: dict[str, bytes], registry: Registry, **manifest) -> Extraction:
    return extract_release(make_release(folder, files, **manifest), registry)


def contract_values(extraction: Extraction) -> dict[tuple, float]:
    """(city, year, scope, variable) -> value in the contract's unit, to 9 digits."""
    return {
        (row.city_code, row.year, row.scope, row.variable): float(
            f"{row.value * factor(row.variable, row.unit):.9g}"
        )
        for row in extraction.observations.itertuples()
    }
