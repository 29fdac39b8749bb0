"""The csv tables in layouts/, each row held to the words it may use."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.units import stated_units
from oib_pipeline.contract.variables import variables
from oib_pipeline.extract.layout_rules import in_editions

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
    "magnitudes": "variable low high note editions",
    "rows": "series match label code action city_code reason",
    "cells": "release file sheet cell text use reason",
}
OPTIONAL = {
    "headers": {"table", "editions", "repeats"},
    "magnitudes": {"editions"},
}  # a row may end before them
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
    return rows


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
            raise OibError(f"{place}: a title to skip needs its reason")
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
    elif name == "headers" and not row["note"]:
        raise OibError(f"{place}: a header that is not wanted needs a note that says why")
    elif name == "rows":
        one_of("match", {"exact", "prefix", "contains"})
        one_of("action", {"ignore", "discard", "city", "province"})
    elif name == "cells" and not row["reason"]:
        raise OibError(f"{place}: a cell to pass over needs its reason")


def _repeated(row: dict[str, str]) -> list[str]:
    """What a header is said to repeat and the contract does not know."""
    named = row["repeats"].split("/") if row["repeats"] else []
    return [name for name in named if name not in variables()]


def magnitudes(edition: int | str = "") -> dict[str, tuple[float, float]]:
    """Least and greatest median of a column by variable; a row for the edition comes first."""
    limits = {}
    for row in sorted(read_layout_table("magnitudes"), key=lambda row: bool(row["editions"])):
        own = row["editions"]
        if not own or (isinstance(edition, int) and in_editions(own, edition)):
            limits[row["variable"]] = (float(row["low"]), float(row["high"]))
    return limits
