"""Expectations as plain data, before Great Expectations is imported."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Expect:
    """One expectation of one check.

    ``kind`` and ``arguments`` are a class of Great Expectations and its arguments; ``says`` the
    same in words. ``show`` names the columns listed with a failing row (else the column itself, as
    column and value); ``inputs`` the contract variables whose cells explain it.
    """

    check: str
    kind: str
    says: str
    arguments: dict[str, Any]
    show: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        """Columns the expectation looks at."""
        names = ("column", "column_A", "column_B")
        found = [self.arguments[name] for name in names if name in self.arguments]
        return found + list(self.arguments.get("column_list", []))


@dataclass(frozen=True)
class View:
    """A frame, what names its rows, where their cells stand, and what is expected of it."""

    name: str
    frame: pd.DataFrame = field(repr=False)
    key: tuple[str, ...]
    expects: tuple[Expect, ...]
    place: tuple[str, ...] = ()


def between(
    check: str, column: str, low: float | None, high: float | None, says: str = "", **more: Any
) -> Expect:
    """Values within bounds, both included; missing values are another check's."""
    bounds = " and ".join(
        text
        for text in (
            f"at least {low:g}" if low is not None else "",
            f"at most {high:g}" if high is not None else "",
        )
        if text
    )
    arguments = {"column": column, "min_value": low, "max_value": high}
    kind = "ExpectColumnValuesToBeBetween"
    return Expect(check, kind, says or f"{column} is {bounds}", arguments, **more)


def one_of(check: str, column: str, allowed: Iterable[Any], says: str = "", **more: Any) -> Expect:
    """Values of a set."""
    values = sorted(set(allowed))
    shown = ", ".join(map(str, values[:12])) + (", ..." if len(values) > 12 else "")
    arguments = {"column": column, "value_set": values}
    kind = "ExpectColumnValuesToBeInSet"
    return Expect(check, kind, says or f"{column} is one of {shown}", arguments, **more)


def matches(check: str, column: str, regex: str) -> Expect:
    """Values of a pattern."""
    kind = "ExpectColumnValuesToMatchRegex"
    return Expect(check, kind, f"{column} matches {regex}", {"column": column, "regex": regex})


def present(check: str, column: str, says: str = "", **more: Any) -> Expect:
    """Values that are not missing."""
    kind = "ExpectColumnValuesToNotBeNull"
    return Expect(check, kind, says or f"{column} is there", {"column": column}, **more)


def absent(check: str, column: str, says: str, **more: Any) -> Expect:
    """Values that are missing: of a derived column that holds what is wrong."""
    return Expect(check, "ExpectColumnValuesToBeNull", says, {"column": column}, **more)


def equal(check: str, found: str, expected: str, says: str, **more: Any) -> Expect:
    """Two columns that agree; one missing value is a difference, two are not."""
    arguments = {"column_A": found, "column_B": expected}
    return Expect(check, "ExpectColumnPairValuesToBeEqual", says, arguments, **more)


def unique(check: str, columns: Sequence[str], says: str = "", **more: Any) -> Expect:
    """Combinations that occur once."""
    if len(columns) == 1:
        arguments: dict[str, Any] = {"column": columns[0]}
        kind = "ExpectColumnValuesToBeUnique"
    else:
        arguments = {"column_list": list(columns)}
        kind = "ExpectCompoundColumnsToBeUnique"
    return Expect(check, kind, says or f"({', '.join(columns)}) is unique", arguments, **more)
