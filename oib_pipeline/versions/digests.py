"""Digests of files, registry rows, code closures, packages."""

from __future__ import annotations

import csv
import hashlib
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from oib_pipeline.contract.policies import DEMONSTRATION, documents_of
from oib_pipeline.study import Study

PACKAGE = Path(__file__).resolve().parents[1]
LIBRARIES = (
    "duckdb",
    "fonttools",
    "great-expectations",
    "jinja2",
    "linearmodels",
    "matplotlib",
    "msoffcrypto-tool",
    "numpy",
    "pandas",
    "python-calamine",
    "python-docx",
    "scipy",
    "statsmodels",
    "typst",
)


def digest(*parts: str) -> str:
    """SHA-256 of some texts, in their order, none of which can run into the next."""
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode()
        whole.update(f"{len(data)}:".encode() + data)
    return whole.hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes; of nothing where there is no file."""
    if not path.is_file():
        return ""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def files_digest(paths: Iterable[Path], base: Path) -> str:
    """Digest of files by their name below ``base`` and their bytes."""
    return digest(
        *(
            part
            for path in sorted(paths)
            for part in (str(path.relative_to(base)), file_digest(path))
        )
    )


@cache
def code_digest(room: str) -> str:
    """Digest of a room's source: its modules and the tables among them.

    Raises
    ------
    ValueError
        If there is no such folder or module: what is not watched would never become stale.
    """
    place = PACKAGE / room
    if not place.is_dir():
        if not place.with_suffix(".py").is_file():
            raise ValueError(f"{room} is no folder or module of {PACKAGE.name}")
        return file_digest(place.with_suffix(".py"))
    sources = (path for path in place.rglob("*") if path.is_file())
    return files_digest((path for path in sources if "__pycache__" not in path.parts), PACKAGE)


@cache
def library_versions() -> Mapping[str, str]:
    """Versions of Python and of the libraries that results rest on, by name."""
    return {"python": sys.version.split()[0], **{name: _version(name) for name in LIBRARIES}}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


Rows = tuple[dict[str, str], ...]

# What reading pages and naming places looks at: a coordinate or a source that is put right in a
# registry table changes nothing of what is read.
READ = {
    "cities": (
        "city_code", "name_zh", "name_en", "pinyin", "province_code", "province_zh",
        "province_en", "kind", "first_year", "last_year",
    ),
    "names": ("name", "city_code", "kind", "first_year", "last_year"),
    "former_codes": ("former_code", "city_code"),
    "counties": ("county_code", "name_zh", "prefecture_zh", "first_year", "last_year"),
}  # fmt: skip


def read_columns_digest(folder: Path, marks: dict[str, str], table: str) -> str:
    """Digest of those columns of a registry table that reading releases looks at.

    Parameters
    ----------
    marks
        Digest of each table's file: a table is read again when its own has changed.
    """
    rows = _rows(folder, table, marks.get(table, ""))
    return digest(*(row.get(name) or "" for row in rows for name in READ[table]))


def study_rows_digest(folder: Path, marks: dict[str, str], study: Study, table: str) -> str:
    """Digest of the rows of a registry table that a study can depend on.

    Parameters
    ----------
    marks
        Digest of each table's file: a table is read again when its own has changed.
    """
    cities = {
        row["city_code"]
        for row in _rows(folder, "samples", marks.get("samples", ""))
        if row.get("sample") == study.sample
    }
    rows = _rows(folder, table, marks.get(table, ""))
    if table == "documents":
        rows = _documents(rows, _rows(folder, "policies", marks.get("policies", "")), study)
    return digest(
        *(text for row in rows if _concerns(row, table, study, cities) for text in _flat(row))
    )


def _documents(documents: Rows, policies: Rows, study: Study) -> Rows:
    """Documents of the study's policy and of the one that every study marks.

    Which other policies a document belongs to is no matter of this study.
    """
    own: set[str] = set()
    for policy in (study.policy, DEMONSTRATION):
        own |= documents_of(policy, documents, policies)
    return tuple(
        {name: text for name, text in row.items() if name != "policies"}
        for row in documents
        if row.get("document") in own
    )


def _concerns(row: dict[str, str], table: str, study: Study, cities: set[str]) -> bool:
    if table == "samples":
        return row.get("sample") == study.sample
    if table == "policies":
        marked = row.get("policy") == DEMONSTRATION and row.get("city_code") in cities
        return marked or row.get("policy") == study.policy
    return row.get("city_code", "") in cities or "city_code" not in row


def _flat(row: dict[str, str]) -> list[str]:
    return [str(text) for pair in row.items() for text in pair]


@cache
def _rows(folder: Path, table: str, mark: str) -> Rows:
    path = folder / f"{table}.csv"
    if not mark or not path.is_file():
        return ()
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return tuple(csv.DictReader(handle))
