"""Which city profiles a new report takes with it, so that they are made anew from its data."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

ASKED = "oib/cities"  # tag of a run: the cities it is for, of the range it covers
PAGES = "cities"
NOTE = "to_make.txt"  # beside the pages, until all it names are made


def pages_there(folder: Path) -> set[str]:
    """Codes of the cities that have a profile in a report's folder."""
    return {path.stem for path in (folder / PAGES).glob("[0-9]*.html")}


def pages_to_make(folder: Path) -> list[str]:
    """Codes of the cities whose profile went with an earlier report, sorted."""
    note = folder / PAGES / NOTE
    return note.read_text(encoding="utf-8").split() if note.is_file() else []


def take_over(old: Path, fresh: Path, sample: Iterable[str]) -> None:
    """Note in a fresh report which profiles the old one had: they show the old one's data.

    The note is part of the folder that is swapped, so a run that is cut short forgets nothing.
    """
    _note(fresh, (pages_there(old) | set(pages_to_make(old))) & set(sample))


def settle(folder: Path, sample: Iterable[str]) -> None:
    """Strike off the note what has been made, and cities that left the sample."""
    _note(folder, set(pages_to_make(folder)) & set(sample) - pages_there(folder))


def _note(folder: Path, codes: set[str]) -> None:
    note = folder / PAGES / NOTE
    if codes:
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text("".join(f"{code}\n" for code in sorted(codes)), encoding="utf-8")
    else:
        note.unlink(missing_ok=True)
