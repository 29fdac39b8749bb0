"""Files of other programs, known by how they begin: sound, and yet no workbook."""

from __future__ import annotations

import io
import re
import zipfile

from oib_pipeline.extract.bounds import Unreadable

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
ZIP = b"PK\x03\x04"


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
    if data.startswith(ZIP) and _archive(data):
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
