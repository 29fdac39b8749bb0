"""Digests of texts, files, folders, source code and installed packages."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

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
    """Digest of a room's source: its modules and the tables that lie among them."""
    place = PACKAGE / room
    if not place.is_dir():
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
