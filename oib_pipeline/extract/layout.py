"""The layout tables of one series: what people have said its titles, headers and labels mean."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from oib_pipeline.contract.errors import OibError
from oib_pipeline.extract.layout_tables import FOLDER, read_layout_table
from oib_pipeline.extract.text import squash


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
    """What a header means: a variable, or something known and not wanted."""

    variable: str
    scope: str
    unit: str
    note: str


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


@dataclass(frozen=True)
class Layout:
    """Every rule that holds for one series."""

    series: str
    edition_lag: int
    tables: tuple[TableRule, ...]
    labels: dict[str, str]
    headers: dict[str, HeaderRule]
    units: dict[str, str]
    scopes: dict[str, str]
    missing: tuple[dict[str, str], ...]
    rows: tuple[RowRule, ...]
    cells: dict[tuple[str, str, str, str], dict[str, str]]
    _rules: dict[tuple[str, str], RowRule | None] = field(default_factory=dict, repr=False)

    def for_release(self, edition: int | str) -> Layout:
        """The layout with those table rules alone that hold for an edition."""
        kept = tuple(rule for rule in self.tables if rule.holds(rule.file, edition))
        return replace(self, tables=kept)

    def row_rule(self, label: str, code: str = "") -> RowRule | None:
        """The first rule for a row label; rules that name a code come first."""
        if (label, code) not in self._rules:
            found = next((rule for rule in self.rows if rule.fits(label, code)), None)
            self._rules[label, code] = found
        return self._rules[label, code]

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


def in_editions(span: str, edition: int | str) -> bool:
    """Whether an edition lies in a span: 2019-2023, -2023, 2024-, or all of them where blank."""
    first, _, last = span.partition("-")
    return not isinstance(edition, int) or int(first or 0) <= edition <= int(last or 9999)


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
        headers={squash(row["header"]): _header_rule(row) for row in own["headers"]},
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


def _header_rule(row: dict[str, str]) -> HeaderRule:
    return HeaderRule(row["variable"], row["scope"], row["unit"], row["note"])
