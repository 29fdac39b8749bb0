"""What the disk refuses, said in words: it is full, or it may not be written to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from oib_pipeline.contract.errors import OibError

FULL = "the disk is full: free some space and run again"
SHUT = "it may not be written to: see whose it is, and whether the disk is read-only"
SIGNS = {
    "No space left on device": FULL,
    "disk is full": FULL,
    "File too large": FULL,
    "Disk quota exceeded": FULL,
    "disk I/O error": "the disk could not be read or written: is it full?",
    "Read-only file system": SHUT,
    "readonly database": SHUT,
    "unable to open database file": SHUT,
    "Permission denied": SHUT,
}


def refused(text: str) -> str:
    """What to do about an error of the disk; empty where the text is of something else."""
    return next((told for sign, told in SIGNS.items() if sign in text), "")


@contextmanager
def disk_in_words(folder: Path) -> Iterator[None]:
    """Errors of the disk, whichever library met them, as one sentence.

    Raises
    ------
    OibError
        In their place; any other error passes as it is.
    """
    try:
        yield
    except OibError:
        raise
    except Exception as error:
        texts = [str(one) for one in _chain(error)]
        why = next((told for text in texts if (told := refused(text))), "")
        if not why:
            raise
        place = next((name for one in _chain(error) if (name := _file(one))), str(folder))
        raise OibError(f"{place}: {why}; what was there before stays") from error


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _file(error: BaseException) -> str:
    return str(error.filename or "") if isinstance(error, OSError) else ""
