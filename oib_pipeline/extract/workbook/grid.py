"""Grid: the cells of one sheet, merged ranges, addresses; printed text helpers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

Merge = tuple[int, int, int, int]


@dataclass(frozen=True)
class Grid:
    """Cells of one sheet.

    ``cells`` is (rows, columns) of objects: text and numbers as the file holds them, ``""`` where
    empty. ``merges`` are (top, left, bottom, right), both ends included. ``formulas`` maps
    (row, column) to whether the file keeps a computed value for that formula; formulas are never
    evaluated here. ``lengths`` are the fields of each row of a csv file.
    """

    file: str
    sheet: str
    cells: np.ndarray
    visible: bool = True
    merges: tuple[Merge, ...] = ()
    formulas: dict[tuple[int, int], bool] = field(default_factory=dict)
    lengths: tuple[int, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether no cell holds anything but spaces."""
        return not any(as_text(value).strip() for row in self.cells for value in row)

    def text(self, row: int, column: int) -> str:
        """One cell as printed."""
        return as_text(self.cells[row, column])


def as_text(value: object) -> str:
    """A cell's value as printed; a whole number without the point the file format adds."""
    if value.__class__ is str:
        return value
    if value.__class__ is float:
        return repr(value).removesuffix(".0")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return "" if value is None else str(value)


def numbered(values: np.ndarray) -> tuple[np.ndarray, list]:
    """Each value's number, and the values that differ in the order they come (values,)."""
    every = values.tolist()
    places = {value: place for place, value in enumerate(dict.fromkeys(every))}
    ids = np.fromiter(map(places.__getitem__, every), dtype=np.int64, count=len(every))
    return ids, list(places)


def column_letters(column: int) -> str:
    """Letters of a column counted from 0: 0 -> A, 26 -> AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """A1 address of a cell, row and column counted from 0."""
    return f"{column_letters(column)}{row + 1}"


CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_CJK = re.compile(f"[{CJK}]")
_SPACE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_GROUP = re.compile(r"\(([^()]*)\)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年?(?!\d)")
_ACRONYM = re.compile(r"[A-Z]{2,5}(?![A-Za-z])(?!\s*[A-Za-z])")
_CLOCK = r"(?:t?0?0:00(?::00(?:\.0+)?)?)?"
_AS_YEAR = re.compile(
    r"((?:19|20)\d\d)(?:(?:\.0)?年?(?:度|末|底)?|([-/.])12\2(?:31)" + _CLOCK + ")"
)
_DATE = re.compile(r"\d{4}([-/.])\d{1,2}\1\d{1,2}(?:t?\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)?")
_BRACKETS = str.maketrans("【】[]〔〕〈〉", "()()()()")
_NUMBER = re.compile(r"[+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)")


@lru_cache(maxsize=65536)
def squash(text: str) -> str:
    """A text as a key: full-width signs made plain, no spaces, lower case."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text)).lower()


def plain_text(text: str) -> str:
    """A text with full-width signs and brackets made plain and every run of spaces one space."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text).translate(_BRACKETS)).strip()


def has_cjk(text: str) -> bool:
    """Whether any character of it is Chinese."""
    return bool(_CJK.search(text))


@lru_cache(maxsize=65536)
def chinese_part(text: str) -> str:
    """The text up to its last Chinese character (and the bracket that closes on it)."""
    ends = [match.end() for match in _CJK.finditer(text)]
    if not ends:
        return ""
    end = ends[-1]
    opened = text[:end].count("(") - text[:end].count(")")
    while opened > 0 and (close := text.find(")", end)) >= 0:
        end, opened = close + 1, opened - 1
    return text[:end]


def wording(text: str) -> str:
    """The Chinese part of a text with an acronym written on to it: 名义GDP, not 城市City."""
    chinese = chinese_part(text)
    glued = _ACRONYM.match(text, len(chinese)) if chinese else None
    return text[: glued.end()] if glued else chinese


def groups(text: str) -> list[str]:
    """What stands in brackets in a plain text, innermost brackets only."""
    return _GROUP.findall(text)


def without_groups(text: str, drop: Callable[[str], bool]) -> str:
    """A plain text without those brackets whose content is to be dropped."""
    return _GROUP.sub(lambda match: "" if drop(match.group(1)) else match.group(), text)


def years(text: str) -> list[int]:
    """Years from 1900 to 2099 printed in a plain text, each once."""
    return sorted({int(year) for year in _YEAR.findall(text)})


def without_years(text: str) -> str:
    """A plain text without the years printed in it."""
    return _YEAR.sub("", text)


def as_year(text: str) -> int | None:
    """The year a cell is, when it is nothing but a year (2017, 2017年, 2017.0) or its last day."""
    match = _AS_YEAR.fullmatch(squash(text))
    return int(match.group(1)) if match else None


def is_date(text: str) -> bool:
    """Whether a cell is a day, as a spreadsheet or a csv file writes it: 2017-12-31."""
    return _DATE.fullmatch(squash(text)) is not None


def is_number(text: str) -> bool:
    """Whether a cell's text is one number, thousands commas allowed where they belong."""
    return _NUMBER.fullmatch(text.strip()) is not None
