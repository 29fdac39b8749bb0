"""Errors written for the person with the spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


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
