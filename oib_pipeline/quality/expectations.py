"""Expect and View as plain data, helpers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from oib_pipeline.contract.variables import factor, variables

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


PLAIN = r"[-+]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?(?:[eE][-+]?\d+)?"


def plain_numbers(text: pd.Series) -> pd.Series:
    """The number where a text is a plain one (thousands commas, full width), else NaN."""
    narrow = text.str.normalize("NFKC").str.strip()
    digits = narrow.where(narrow.str.fullmatch(PLAIN), "").str.replace(",", "", regex=False)
    return pd.to_numeric(digits, errors="coerce").astype("float64")


def equal_within(left: pd.Series, right: pd.Series, tolerance: float = 1e-9) -> pd.Series:
    """Whether two columns agree up to a relative difference; two missing values do."""
    a = pd.to_numeric(left, errors="coerce").to_numpy(dtype="float64")
    b = pd.to_numeric(right, errors="coerce").to_numpy(dtype="float64")
    return pd.Series(np.isclose(a, b, rtol=tolerance, atol=1e-12, equal_nan=True), left.index)


def factors(variable: pd.Series, unit: pd.Series) -> pd.Series:
    """What a value in the stated unit is multiplied by; NaN where the unit is not known."""
    both = pd.DataFrame({"variable": variable, "unit": unit})
    number = both.groupby(["variable", "unit"], dropna=False, sort=False).ngroup()
    pairs = both.assign(number=number).drop_duplicates("number").set_index("number")
    known = variables()
    found = {
        place: factor(name, stated) if name in known and pd.notna(stated) else None
        for place, name, stated in pairs.itertuples(name=None)
    }
    return number.map(pd.Series(found, dtype="float64")).astype("float64")


def terms_view(table: str, rows: pd.DataFrame, expected: pd.DataFrame, key: Sequence[str]) -> View:
    """One row an expected or found term: in which of the two it is."""
    key = list(key)
    both = (
        expected[key]
        .drop_duplicates()
        .merge(rows[key].drop_duplicates(), on=key, how="outer", indicator="where")
    )
    words = {"both": "as expected", "left_only": "missing", "right_only": "unexpected"}
    both["state"] = both.pop("where").astype(str).map(words)
    both = both.sort_values(key, ignore_index=True)
    says = "the expected terms, all of them and no other"
    expect = one_of("terms_complete", "state", ["as expected"], says, show=("state",))
    return View(f"{table} terms", both, tuple(key), (expect,))


KEYS = ("precedence", "city_code", "year", "scope")


def with_cells(
    failing: pd.DataFrame, cells: pd.DataFrame | None, inputs: Sequence[str]
) -> pd.DataFrame:
    """The rows with a column ``cells``: variable, release, file, sheet and cell of each input.

    Parameters
    ----------
    failing
        Rows with some of precedence, city_code, year and scope.
    cells
        Rows of ``core_sources``; only chosen ones count. They must be unambiguous in the key
        columns that ``failing`` lacks: pass those of one precedence and scope.
    inputs
        Contract variables that explain the rows.
    """
    if cells is None or failing.empty or not inputs:
        return failing
    on = [name for name in KEYS if name in failing and name in cells]
    wanted = cells[cells["variable"].isin(inputs) & cells["chosen"].astype(bool)]
    if not on or wanted.empty:
        return failing
    wanted = wanted.merge(failing[on].drop_duplicates(), on=on)
    text = wanted["variable"] + ": " + places(wanted)
    joined = text.groupby([wanted[name] for name in on], sort=True).agg("; ".join)
    return failing.merge(joined.rename("cells").reset_index(), on=on, how="left")


def places(rows: pd.DataFrame) -> pd.Series:
    """Release, file, sheet and cell of each row as people say it."""
    sheet = rows["sheet"].fillna("").astype(str)
    sheet = sheet.where(sheet == "", ", sheet " + sheet)
    release, file = rows["release"].astype(str), rows["file"].astype(str)
    return release + "/" + file + sheet + ", " + rows["cell"].astype(str)
