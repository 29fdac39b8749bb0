"""The csv header, title and label maps of a series: load, validate, look up, write a row."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.variables import stated_units, variables
from oib_pipeline.extract.workbook.grid import chinese_part, has_cjk, squash
from oib_pipeline.registry.nation import PER_HEAD, TOTALS


@dataclass(frozen=True)
class TableRule:
    """What to do with the tables of one title."""

    title: str
    action: str
    scope: str
    requires: tuple[tuple[str, ...], ...]
    repeats: bool
    editions: str
    file: str
    reason: str

    def holds(self, file: str, edition: int | str) -> bool:
        """Whether it is meant for a file of an edition."""
        return self.file in {"", file} and in_editions(self.editions, edition)

    @property
    def columns(self) -> frozenset[str]:
        """Header keys by which an untitled table is known; empty for a titled one."""
        inside = re.fullmatch(r"\[(.*)\]", self.title)
        return frozenset(inside.group(1).split("+")) if inside else frozenset()


@dataclass(frozen=True)
class HeaderRule:
    """What a header means: a variable, or something known and not wanted.

    ``table`` is the title under which it means that, ``editions`` those in which; blank for all.
    ``repeats`` is the variable (or one over another) that an unwanted column prints once more.
    """

    variable: str
    scope: str
    unit: str
    note: str
    table: str = ""
    editions: str = ""
    repeats: str = ""

    @property
    def meaning(self) -> tuple[str, str, str]:
        """What follows from it for a column."""
        return self.variable, self.scope, self.unit

    def is_filled_in_by(self, other: HeaderRule) -> bool:
        """Whether another rule says the same, and a scope or unit where this one says none."""
        if not self.variable or self.variable != other.variable:
            return False
        pairs = zip(self.meaning, other.meaning, strict=True)
        return all(own in ("", theirs) for own, theirs in pairs)


@dataclass(frozen=True)
class RowRule:
    """What a row label that is no city means."""

    match: str
    label: str
    code: str
    action: str
    city_code: str
    reason: str

    def fits(self, label: str, code: str) -> bool:
        """Whether a squashed label, with the source's own code, falls under this rule."""
        if self.code and not re.fullmatch(self.code, code):
            return False
        if self.match == "prefix":
            return label.startswith(self.label)
        if self.match == "contains":
            return self.label in label
        return self.label in (label, "*")


def in_editions(span: str, edition: int | str) -> bool:
    """Whether an edition lies in a span: 2019-2023, -2023, 2024-, or all of them where blank."""
    first, _, last = span.partition("-")
    return not isinstance(edition, int) or int(first or 0) <= edition <= int(last or 9999)


FOLDER = Path(__file__).parent
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


@dataclass(frozen=True)
class Layout:
    """Every rule that holds for one series."""

    series: str
    edition_lag: int
    tables: tuple[TableRule, ...]
    labels: dict[str, str]
    headers: dict[str, tuple[HeaderRule, ...]]
    units: dict[str, str]
    scopes: dict[str, str]
    missing: tuple[dict[str, str], ...]
    rows: tuple[RowRule, ...]
    cells: dict[tuple[str, str, str, str], dict[str, str]]
    _rules: dict[tuple[str, str], RowRule | None] = field(default_factory=dict, repr=False)

    def for_release(self, edition: int | str) -> Layout:
        """The layout with those table rules alone that hold for an edition."""
        kept = tuple(rule for rule in self.tables if rule.holds(rule.file, edition))
        headers = {
            key: tuple(rule for rule in rules if in_editions(rule.editions, edition))
            for key, rules in self.headers.items()
        }
        return replace(self, tables=kept, headers={k: v for k, v in headers.items() if v})

    def header_rules(self, key: str, table: str) -> list[HeaderRule]:
        """What a header may mean in a table: one meaning, none, or several at odds.

        A row that names the table goes before one that does not, then one that names editions.
        """
        fitting = [rule for rule in self.headers.get(key, ()) if rule.table in {"", table}]
        best = max(((bool(r.table), bool(r.editions)) for r in fitting), default=None)
        first = [r for r in fitting if (bool(r.table), bool(r.editions)) == best]
        different = list({rule.meaning: rule for rule in first}.values())
        return [
            rule
            for rule in different
            if not any(rule is not other and rule.is_filled_in_by(other) for other in different)
        ]

    def row_rule(self, label: str, code: str = "") -> RowRule | None:
        """The first rule for a row label; rules that name a code come first."""
        if (label, code) not in self._rules:
            found = next((rule for rule in self.rows if rule.fits(label, code)), None)
            self._rules[label, code] = found
        return self._rules[label, code]

    def role(self, text: str) -> str:
        """Role of a column that a cell heads, its English passed over; blank for any other."""
        role = self.labels.get(squash(text))
        if role is None and has_cjk(text):
            chinese = chinese_part(text)
            if text.removeprefix(chinese).isascii():
                role = self.labels.get(squash(chinese))
        return role or ""

    def marks(self, variable: str, edition: int | str) -> frozenset[str]:
        """Marks that stand for a missing value of a variable in an edition."""
        return frozenset(
            row["mark"]
            for row in self.missing
            if row["variable"] in {"", variable}
            and in_editions(f"{row['first_edition']}-{row['last_edition']}", edition)
        )

    def cells_of(self, release: str, file: str, sheet: str) -> dict[str, dict[str, str]]:
        """Cells of a sheet that the layout corrects, by address."""
        return {
            cell: rule
            for (*place, cell), rule in self.cells.items()
            if tuple(place) == (release, file, sheet)
        }

    def ignores(self, text: str) -> bool:
        """Whether a line of text (a footnote, a watermark) is known and of no use."""
        rule = self.row_rule(squash(text))
        return rule is not None and rule.action in {"ignore", "discard"}


def series_names(folder: Path = FOLDER) -> list[str]:
    """Series that have layouts."""
    return [row["series"] for row in read_layout_table("series", folder)]


def load_layout(series: str, folder: Path = FOLDER) -> Layout:
    """The layout of a series, read anew when a table has changed.

    Raises
    ------
    OibError
        For a series without a layout, or a row that contradicts the contract, naming its line.
    """
    stamps = tuple((path.stat().st_mtime_ns, path.stat().st_size) for path in _tables(folder))
    return _load(series, folder, stamps)


def _tables(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.csv"))


@lru_cache(maxsize=32)
def _load(series: str, folder: Path, stamps: tuple[tuple[int, int], ...]) -> Layout:
    known = {row["series"]: row for row in read_layout_table("series", folder)}
    if series not in known:
        raise OibError(
            f"no layout for the series {series!r}; known: {', '.join(known)}. "
            "Add it to series.csv and its titles and headers to tables.csv and headers.csv."
        )
    own = {name: _own(name, series, folder) for name in ("tables", "headers", "labels", "rows")}
    rows = [
        RowRule(r["match"], squash(r["label"]), r["code"], r["action"], r["city_code"], r["reason"])
        for r in own["rows"]
    ]
    return Layout(
        series=series,
        edition_lag=int(known[series]["edition_lag"]),
        tables=tuple(_table_rule(row) for row in own["tables"]),
        labels={squash(row["header"]): row["role"] for row in own["labels"]},
        headers=_headers(own["headers"]),
        units={squash(r["printed"]): r["stated"] for r in read_layout_table("units", folder)},
        scopes={squash(r["printed"]): r["scope"] for r in read_layout_table("scopes", folder)},
        missing=tuple(_own("missing", series, folder)),
        rows=tuple(sorted(rows, key=lambda rule: not rule.code)),
        cells={
            (r["release"], r["file"], r["sheet"], r["cell"]): r
            for r in read_layout_table("cells", folder)
        },
    )


def _own(name: str, series: str, folder: Path) -> list[dict[str, str]]:
    return [row for row in read_layout_table(name, folder) if row["series"] in {series, "*"}]


def _table_rule(row: dict[str, str]) -> TableRule:
    requires = tuple(tuple(need.split("|")) for need in row["requires"].split())
    title = row["title"]
    if title.startswith("["):
        title = "[" + "+".join(squash(part) for part in title[1:-1].split("+")) + "]"
    else:
        title = squash(title)
    return TableRule(
        title, row["action"], row["scope"], requires, row["repeats"] == "yes",
        row["editions"], row["file"], row["reason"],
    )  # fmt: skip


def _headers(rows: list[dict[str, str]]) -> dict[str, tuple[HeaderRule, ...]]:
    found: dict[str, tuple[HeaderRule, ...]] = {}
    for row in rows:
        rule = HeaderRule(
            row["variable"], row["scope"], row["unit"], row["note"],
            squash(row["table"]), row["editions"], row["repeats"],
        )  # fmt: skip
        key = squash(row["header"])
        found[key] = (*found.get(key, ()), rule)
    return found


def csv_row(name: str, /, **cells: str) -> str:
    """A line of a layout table: what is given, in the order of its columns, the rest blank."""
    columns = COLUMNS[name].split()
    values = [cells.get(column, "") for column in columns]
    while columns[len(values) - 1] in OPTIONAL.get(name, set()) and not values[-1]:
        values.pop()
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(values)
    return f"`{out.getvalue()}`"
