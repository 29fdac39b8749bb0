"""What reading a file needs to know of its release's manifest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Declared:
    """A release's name, where its files are, and what they are said to be."""

    release: str
    folder: Path
    series: str
    edition: int | str
    data_years: tuple[int, int]
