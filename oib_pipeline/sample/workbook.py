"""Pages to the bytes of an ``.xlsx`` workbook, the same bytes each time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter

from oib_pipeline.sample.page import Page

STAMP = datetime(2026, 1, 1)  # openpyxl would write the clock
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
HIDDEN = "CNKI"


def workbook_bytes(pages: Sequence[Page], names: Sequence[str], hidden: bool) -> bytes:
    """A workbook with one sheet a page.

    Parameters
    ----------
    pages : sequence of Page
        In sheet order.
    names : sequence of str
        Sheet names, one a page.
    hidden : bool
        Whether a hidden sheet without figures comes last, as a download portal adds.
    """
    book = Workbook()
    book.remove(book.active)
    book.properties.creator = "oib_pipeline.sample"
    book.properties.created = STAMP
    wrap = Alignment(wrap_text=True, horizontal="center", vertical="center")
    for page, name in zip(pages, names, strict=True):
        sheet = book.create_sheet(name)
        for row in page.rows:
            sheet.append(row)
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and "\n" in cell.value:
                    cell.alignment = wrap
        for top, left, bottom, right in page.merges:
            sheet.merge_cells(None, top + 1, left + 1, bottom + 1, right + 1)
        for at in range(page.plan.width):
            sheet.column_dimensions[get_column_letter(at + 1)].width = 18
    if hidden:
        sheet = book.create_sheet(HIDDEN)
        sheet.append(["合成数据 synthetic"])
        sheet.sheet_state = "hidden"
    written = io.BytesIO()
    book.save(written)
    return _timeless(written.getvalue())


def _timeless(data: bytes) -> bytes:
    """The same archive with the clock taken out of its entries and its properties."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "docProps/core.xml":
                stamp = STAMP.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp, content)
            fixed = zipfile.ZipInfo(entry.filename, ZIP_DATE)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.create_system = 3
            fixed.external_attr = 0o644 << 16
            new.writestr(fixed, content, compresslevel=9)
    return made.getvalue()
