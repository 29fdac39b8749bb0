"""Problem, SourceError, OibError: file, sheet, cell, found, expected, fix; disk errors in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class OibError(Exception):
    """Something a person has to mend; the message says what and how."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong in one place of one release."""

    found: str
    expected: str
    todo: str
    release: str = ""
    file: str = ""
    sheet: str = ""
    cell: str = ""

    @property
    def place(self) -> str:
        """The place as people say it: file, sheet, cell."""
        parts = [self.file, f"sheet {self.sheet!r}" if self.sheet else "", self.cell]
        return ", ".join(part for part in parts if part) or self.release

    def text(self) -> str:
        """One line: where, what was found, what was expected, what to do."""
        return f"{self.place}: found {self.found}; expected {self.expected}. {self.todo}"


class SourceError(OibError):
    """A release that cannot be used as it is, with every problem found in it."""

    SHOWN = 40

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        if not self.problems:
            raise ValueError("a SourceError needs at least one problem")
        release = self.problems[0].release
        count = len(self.problems)
        lines = [f"release {release!r} was refused ({count} problem{'s' * (count > 1)})"]
        lines += [f"  - {problem.text()}" for problem in self.problems[: self.SHOWN]]
        if count > self.SHOWN:
            lines.append(f"  ... and {count - self.SHOWN} more")
        super().__init__("\n".join(lines))


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


def disk_advice(text: str) -> str:
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
        why = next((told for text in texts if (told := disk_advice(text))), "")
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
