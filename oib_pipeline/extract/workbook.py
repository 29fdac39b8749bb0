"""Any workbook a publisher sends, as grids of cells; the content decides its kind, not its name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from xml.etree import ElementTree

import numpy as np

from oib_pipeline.contract.errors import Problem, SourceError
from oib_pipeline.extract.biff import check_stream, decrypt
from oib_pipeline.extract.bounds import Part, Unreadable, check_package, odd_cells
from oib_pipeline.extract.delimited import read_delimited
from oib_pipeline.extract.grid import Grid, address
from oib_pipeline.extract.other_kinds import check_kind

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

Cell = tuple[int, int]
T = TypeVar("T")
OLE, ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
# what accompanies a release without holding its tables; anything else is read or refused
COMPANIONS = {".md", ".doc", ".docx", ".ppt", ".pptx", ".pdf", ".png", ".jpg", ".jpeg", ".yml"}


def is_companion(path: Path) -> bool:
    """Whether a file is by its name a note, a document or a picture beside the workbooks."""
    return Path(path).suffix.lower() in COMPANIONS


def read_grids(path: Path, release: str = "") -> list[Grid]:
    """Every sheet of a file, hidden ones too; see ``each_grid``."""
    return list(each_grid(path, release))


def each_grid(path: Path, release: str = "") -> Iterator[Grid]:
    """Every sheet of a file in turn, hidden ones too, the next being read while one is used.

    Reads .xlsx, .xls (also encrypted with Excel's default password) and delimited text. A formula
    gives the value that the file keeps for it; none is ever evaluated, and no link is followed.

    Raises
    ------
    SourceError
        Naming the file, where it is damaged, locked, oversized or of another kind.
    """
    path = Path(path)
    try:
        yield from _ahead(_read(path.name, path.read_bytes()))
    except OSError as error:
        unreadable = Unreadable(f"no readable file ({error.strerror})", "a workbook")
        raise SourceError([_problem(release, path.name, unreadable)]) from error
    except Unreadable as error:
        raise SourceError([_problem(release, path.name, error)]) from error


def _ahead(grids: Iterator[Grid]) -> Iterator[Grid]:
    """The same, the next made in a second thread: calamine lets go of Python while it reads."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        coming = thread.submit(next, grids, None)
        while (grid := coming.result()) is not None:
            coming = thread.submit(next, grids, None)
            yield grid


def _read(file: str, data: bytes) -> Iterator[Grid]:
    check_kind(data)
    if data.startswith(OLE):
        data = decrypt(data)
    if data.startswith(ZIP):
        yield from _xlsx_grids(file, data)
    elif data.startswith(OLE):
        yield from _xls_grids(file, data)
    elif not data.strip():
        raise Unreadable("an empty file", "a workbook")
    elif data.lstrip()[:200].lower().startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        raise Unreadable(
            "a web page or XML text",
            "a workbook",
            "Open it in a spreadsheet program and save it as .xlsx.",
        )
    else:
        cells, lengths = read_delimited(data)
        yield Grid(file, "", cells, lengths=lengths)


def _xlsx_grids(file: str, data: bytes) -> Iterator[Grid]:
    parts = check_package(data)
    odd = _odd(data, parts) if any(part.odd for part in parts.values()) else {}
    for grid in _calamine(file, data):
        yield _with_odd(grid, *odd.get(grid.sheet, ({}, {})))


def _xls_grids(file: str, data: bytes) -> Iterator[Grid]:
    odd = check_stream(data)
    for i, grid in enumerate(_calamine(file, data)):
        yield _with_odd(grid, *odd.get(i, ({}, {})))


def _calamine(file: str, data: bytes) -> Iterator[Grid]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    found = False
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for meta in book.sheets_metadata:
            if meta.typ != SheetTypeEnum.WorkSheet:
                continue
            visible = meta.visible == SheetVisibleEnum.Visible
            found = True
            yield _grid(file, meta.name, visible, book.get_sheet_by_name(meta.name))
    except BaseException as error:
        # calamine is Rust: a panic in it arrives as a BaseException of its own
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise Unreadable(f"a damaged workbook ({error})", "a whole workbook") from error
    if not found:
        raise Unreadable("a workbook without sheets", "at least one sheet")


def _grid(file: str, name: str, visible: bool, sheet: CalamineSheet) -> Grid:
    rows = sheet.to_python(skip_empty_area=False)
    cells = np.empty((len(rows), len(rows[0]) if rows else 0), dtype=object, order="F")
    if rows:
        cells[:] = rows
    merges = tuple((a, b, c, d) for (a, b), (c, d) in sheet.merged_cell_ranges or [])
    return Grid(file, name, cells, visible, merges)


def _with_odd(grid: Grid, formulas: dict[Cell, bool], errors: dict[Cell, str]) -> Grid:
    """The grid with its formulas told, and its error values (which calamine drops) put back."""
    for (row, column), printed in errors.items():
        if row < grid.cells.shape[0] and column < grid.cells.shape[1]:
            grid.cells[row, column] = printed
        else:
            raise Unreadable(f"{printed} in {address(row, column)}", "a value, or an empty cell")
    if not formulas:
        return grid
    return Grid(grid.file, grid.sheet, grid.cells, grid.visible, grid.merges, formulas)


def _odd(
    data: bytes, parts: dict[str, Part]
) -> dict[str, tuple[dict[Cell, bool], dict[Cell, str]]]:
    """Formulas and error values by sheet name, of those parts that are sheets."""
    names = _sheet_names(data)
    found = {}
    for part in parts.values():
        if part.odd and part.name in names:
            formulas, errors = odd_cells(data, part.name)
            if "" in formulas or "" in errors:
                raise Unreadable(f"formulas without addresses in {part.name}", "addressed cells")
            found[names[part.name]] = (_placed(formulas), _placed(errors))
    return found


def _placed(cells: dict[str, T]) -> dict[Cell, T]:
    """Cells by row and column from 0 instead of by address."""
    from openpyxl.utils.cell import coordinate_to_tuple

    places = {coordinate_to_tuple(address): value for address, value in cells.items()}
    return {(row - 1, column - 1): value for (row, column), value in places.items()}


def _sheet_names(data: bytes) -> dict[str, str]:
    """Sheet name of each part of an .xlsx package."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        links = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
        book = ElementTree.fromstring(package.read("xl/workbook.xml"))
    targets = {}
    for link in links:
        target = str(link.get("Target"))
        inside = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        targets[link.get("Id")] = inside
    key = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    sheets = [e for e in book.iter() if e.tag.rpartition("}")[2] == "sheet"]
    return {targets[sheet.get(key)]: str(sheet.get("name")) for sheet in sheets}


def _problem(release: str, file: str, error: Unreadable) -> Problem:
    return Problem(
        release=release, file=file, found=error.found, expected=error.expected, todo=error.todo
    )
