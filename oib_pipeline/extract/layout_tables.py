"""The csv tables in layouts/, each row held to the words it may use."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.units import stated_units
from oib_pipeline.contract.variables import variables
from oib_pipeline.extract.text import squash
from oib_pipeline.registry.nation import PER_HEAD, TOTALS

FOLDER = Path(__file__).parent / "layouts"
SCOPES = ("whole_city", "districts")
COLUMNS = {
    "series": "series edition_lag about",
    "tables": "series title action scope requires repeats editions file reason",
    "labels": "series header role",
    "headers": "series header variable scope unit note table editions repeats",
    "units": "printed stated note",
    "scopes": "printed scope",
    "missing": "series variable mark first_edition last_edition note",
    "magnitudes": "variable low high of note editions",
    "rows": "series match label code action city_code reason",
    "cells": "release file sheet cell text use reason",
}
OPTIONAL = {
    "headers": {"table", "editions", "repeats"},
    "magnitudes": {"editions"},
}  # a row may end before them
# what only a person can say: a row that leaves it empty was pasted without a decision
DECIDED = {
    "labels": {"role": "what the column holds"},
    "headers": {"variable": "the variable that it is", "note": "why it is not wanted"},
    "units": {"stated": "the unit that it is", "note": "why it is none"},
    "missing": {"note": "what the source says of it"},
    "cells": {"reason": "what the page shows there"},
    "rows": {"reason": "why"},
}  # of several columns of one table one is enough
ROLES = {"city", "english", "year", "code", "province", "province_code", "ignore"}


def read_layout_table(name: str, folder: Path = FOLDER) -> list[dict[str, str]]:
    """Rows of one layout table, its columns checked."""
    path = folder / f"{name}.csv"
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        optional = OPTIONAL.get(name, set())
        columns = COLUMNS[name].split()
        due = [column for column in columns if column not in optional]
        if list(reader.fieldnames or ()) not in (columns, due):
            raise OibError(f"{path}: columns must be {','.join(columns)}")
        rows = list(reader)
    for line, row in enumerate(rows, start=2):
        row.update({column: row.get(column) or "" for column in optional})
        if None in row or None in row.values():
            raise OibError(f"{path}, line {line}: a row of {len(due)} fields expected")
        _check(name, row, f"{path}, line {line}")
    if name == "headers":
        _nothing_new(rows, path)
    return rows


def _nothing_new(rows: list[dict[str, str]], path: Path) -> None:
    """Refuse a row that leaves a header as an earlier row has it: its scope or unit is still due.

    A note is nothing new either: it changes no figure.
    """
    said: dict[tuple[str, ...], int] = {}
    meant: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        meant.setdefault((row["series"], squash(row["header"])), set()).add(row["variable"])
    for line, row in enumerate(rows, start=2):
        key = tuple(row[c] for c in ("series", "variable", "scope", "unit", "repeats"))
        key = (squash(row["header"]), *key)
        held = [(table, span) for table in ("", squash(row["table"]))
                for span in ("", row["editions"])]  # fmt: skip
        before = next((said[*key, *one] for one in held if (*key, *one) in said), 0)
        named = squash(row["header"]) == squash(row["table"])  # a title that names the variable
        at_odds = len(meant[row["series"], key[0]]) > 1  # the row decides between others
        if before and row["variable"] and not named and not at_odds:
            raise OibError(
                f"{path}, line {line}: says of {row['header']!r} what line {before} does; write "
                "under unit or scope what holds in addition, or take the row out"
            )
        said.setdefault((*key, squash(row["table"]), row["editions"]), line)


def _check(name: str, row: dict[str, str], place: str) -> None:
    """Hold a row to the words it may use; a slip here would silently lose a column."""

    def one_of(column: str, allowed: set[str]) -> None:
        if row[column] not in allowed:
            raise OibError(
                f"{place}: {column} {row[column]!r}; allowed: {', '.join(sorted(allowed))}"
            )

    if "scope" in row:
        one_of("scope", {*SCOPES, *([] if name == "scopes" else ["", "both"])})
    if "editions" in row and not re.fullmatch(r"|\d{4}-\d{4}|-\d{4}|\d{4}-", row["editions"]):
        raise OibError(f"{place}: editions {row['editions']!r}; write 2019-2023, -2023 or 2024-")
    if name == "tables":
        one_of("action", {"read", "skip", "heading"})
        if row["action"] == "skip" and not row["reason"]:
            raise OibError(f"{place}: {undecided({'reason': 'why the title is skipped'})}")
        if row["action"] == "read" and row["editions"] and not row["reason"]:
            raise OibError(f"{place}: {undecided({'reason': 'why those editions differ'})}")
        for need in row["requires"].replace("|", " ").split():
            if need.split("@")[0] not in variables():
                raise OibError(f"{place}: requires {need!r}, which is no variable of the contract")
    elif name == "labels":
        one_of("role", ROLES)
    elif name == "headers" and (strange := [*_repeated(row)]):
        raise OibError(f"{place}: repeats {strange[0]!r}, which is no variable of the contract")
    elif name == "headers" and row["variable"]:
        one_of("variable", set(variables()))
        one_of("unit", {"", *stated_units(row["variable"])})
    elif name == "rows":
        one_of("match", {"exact", "prefix", "contains"})
        one_of("action", {"ignore", "discard", "city", "province"})
        if row["action"] in {"city", "province"} and not row["city_code"]:
            raise OibError(f"{place}: {undecided({'city_code': 'which it is'})}")
    elif name == "magnitudes":
        one_of("of", {"", PER_HEAD, *TOTALS})
    if (asked := DECIDED.get(name)) and not any(row[column] for column in asked):
        raise OibError(f"{place}: {undecided(asked)}")


def undecided(asked: dict[str, str]) -> str:
    """The complaint about columns that a row leaves empty, with what belongs under each."""
    columns = " and ".join(asked)
    todo = ", or ".join(f"under {column} {what}" for column, what in asked.items())
    return f"nothing under {columns}; write {todo}"


def _repeated(row: dict[str, str]) -> list[str]:
    """What a header is said to repeat and the contract does not know."""
    named = row["repeats"].split("/") if row["repeats"] else []
    return [name for name in named if name not in variables()]
