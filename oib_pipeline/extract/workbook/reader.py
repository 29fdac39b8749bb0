"""Xlsx, html and delimited text to grids; content decides the kind."""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from xml.etree import ElementTree

import numpy as np

from oib_pipeline.contract.errors import Problem, SourceError
from oib_pipeline.extract.workbook.grid import Grid, address
from oib_pipeline.extract.workbook.limits import (
    MAX_BYTES,
    MAX_CELLS,
    Part,
    Unreadable,
    check_package,
    odd_cells,
)
from oib_pipeline.extract.workbook.xls import check_stream, decrypt

if TYPE_CHECKING:
    from python_calamine import CalamineSheet


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


EXPECTED = "a workbook (.xlsx, .xls) or delimited text (.csv)"
LABELS = (
    "Save it from there as .csv or .xlsx, with the labels of coded values in place of their numbers"
)
KINDS = (
    (re.compile(rb"<stata_dta>|[\x69\x6c-\x73][\x01\x02]\x01\x00"), "a Stata file (.dta)",
     f"{LABELS}: `export delimited` writes them."),
    (re.compile(rb"\$FL[23]"), "an SPSS file (.sav)",
     f"{LABELS}: in SPSS, save as Excel with value labels."),
    (re.compile(rb"\0{12}\xc2\xea\x81\x60"), "a SAS file (.sas7bdat)",
     f"{LABELS}: PROC EXPORT writes it."),
    (re.compile(rb"RDX[23]\n|RD[AB][23]\n|X\n\0\0\0[\x02\x03]"), "an R file (.rds, .RData)",
     f"{LABELS}: in R, `write.csv(as.data.frame(x), row.names = FALSE)`."),
    (re.compile(rb"PAR1"), "a Parquet file",
     "Save it as .csv or .xlsx with the program that wrote it."),
    (re.compile(rb"ARROW1|FEA1"), "a Feather or Arrow file",
     "Save it as .csv or .xlsx with the program that wrote it."),
    (re.compile(rb"\x89HDF|MATLAB 5"), "an HDF5 or MATLAB file",
     "Save it as .csv or .xlsx with the program that wrote it."),
    (re.compile(rb"SQLite format 3"), "a SQLite database", "Export its table as .csv."),
    (re.compile(rb"7z\xbc\xaf|Rar!|\x28\xb5\x2f\xfd"), "an archive",
     "Unpack it, and put the files in it into the folder."),
)  # fmt: skip
PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}
ZIP_KINDS = b"PK\x03\x04"


def check_kind(data: bytes) -> None:
    """Refuse a file of another program by what it is.

    Raises
    ------
    Unreadable
        Naming the kind, and how its table is saved as one that can be read.
    """
    for begins, kind, todo in KINDS:
        if begins.match(data):
            raise Unreadable(kind, EXPECTED, todo)
    for begins_with, packing in PACKED.items():
        if data.startswith(begins_with):
            raise Unreadable(
                f"a file packed with {packing}",
                EXPECTED,
                "Unpack it. An R file (.rds, .RData) is packed so: in R, save it with "
                "`write.csv(as.data.frame(x), row.names = FALSE)`.",
            )
    if data.startswith(ZIP_KINDS) and _archive(data):
        raise Unreadable(
            "a zip archive", EXPECTED, "Unpack it, and put the files in it into the folder."
        )


def _archive(data: bytes) -> bool:
    """Whether a sound zip file holds none of the parts of a workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False  # damaged: told as such where it is read
    return not any(
        name.startswith(("xl/", "[Content_Types]", "content.xml", "mimetype", "_rels"))
        for name in names
    )


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
