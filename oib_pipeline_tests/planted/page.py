"""A genuine file as cells that faults can be planted in, and written back as a workbook."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
from openpyxl.utils.cell import coordinate_to_tuple

from oib_pipeline.extract import Release
from oib_pipeline.extract.workbook.grid import as_text
from oib_pipeline.extract.workbook.reader import read_grids

Merge = tuple[int, int, int, int]


@dataclass
class Page:
    """One sheet of a file: its cells, and where each observation stands in them."""

    release: Release
    file: str
    sheet: str
    cells: np.ndarray
    merges: list[Merge]
    seen: pd.DataFrame = field(repr=False)
    others: list[tuple[str, np.ndarray]] = field(default_factory=list, repr=False)
    sums: list[str] = field(default_factory=list, repr=False)

    @property
    def clean_sum(self) -> str:
        """Checksum of the page as it is written without a fault, taken before one is planted."""
        return self.sums[0]

    def copy(self) -> Page:
        """One to plant in, which remembers the checksum of this."""
        if not self.sums:
            self.sums.append(hashlib.sha256(self._bytes()).hexdigest())
        return Page(
            self.release, self.file, self.sheet, self.cells.copy(), self.merges, self.seen,
            self.others, self.sums,
        )  # fmt: skip

    @property
    def years(self) -> list[int]:
        return sorted(self.seen["year"].unique())

    def text(self, row: int, column: int) -> str:
        return as_text(self.cells[row, column])

    def put(self, row: int, column: int, text: str) -> None:
        """Print a text where another stands; a number stays a number."""
        before = self.cells[row, column]
        is_number = isinstance(before, float) and text not in {"", "-"}
        self.cells[row, column] = float(text) if is_number else text

    def drop_rows(self, rows: list[int]) -> None:
        self.cells = np.delete(self.cells, rows, axis=0)

    def save(self, folder: Path, alone: bool) -> Release:
        """The release with this file planted: alone, or among the release's other files."""
        target = folder / self.release.release
        target.mkdir(parents=True)
        data = self._bytes()
        (target / self.file).write_bytes(data)
        files = {self.file: hashlib.sha256(data).hexdigest()}
        if not alone:
            for name, path in self.release.paths.items():
                if name != self.file:
                    (target / name).symlink_to(path.resolve())
                    files[name] = self.release.files[name]
        return self.release.model_copy(update={"folder": target, "files": files})

    def _bytes(self) -> bytes:
        book = openpyxl.Workbook(write_only=True)
        for name, cells in [(self.sheet, self.cells), *self.others]:
            sheet = book.create_sheet(name or "Sheet1")
            for row in cells:
                sheet.append([None if value is None or value == "" else value for value in row])
        buffer = io.BytesIO()
        book.save(buffer)
        data = buffer.getvalue()
        return _timeless(_merged(data, self.merges) if self.merges else data)


def _timeless(data: bytes) -> bytes:
    """The same workbook without the time of its writing: equal pages are equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2000-01-01T00:00:00Z", old.read(name))
            new.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED, 1)
    return out.getvalue()


def _merged(data: bytes, merges: list[Merge]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    for top, left, bottom, right in merges:
        book.worksheets[0].merge_cells(
            start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
        )
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def pages(release: Release, observations: pd.DataFrame) -> list[Page]:
    """A page for each sheet of a release that gave observations."""
    found = []
    for file, rows in observations.groupby("file", sort=True):
        grids = [grid for grid in read_grids(release.paths[str(file)]) if grid.visible]
        for grid in grids:
            seen = rows[rows["sheet"] == grid.sheet]
            if seen.empty:
                continue
            places = [coordinate_to_tuple(cell) for cell in seen["cell"]]
            seen = seen.assign(row=[r - 1 for r, _ in places], column=[c - 1 for _, c in places])
            others = [(g.sheet, g.cells) for g in grids if g is not grid]
            found.append(
                Page(
                    release, str(file), grid.sheet, grid.cells, list(grid.merges),
                    seen.reset_index(drop=True), others,
                )
            )  # fmt: skip
    return found
