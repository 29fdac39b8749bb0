"""The layout tables of one series: what people have said its titles, headers and labels mean."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from oib_pipeline.contract.errors import OibError
from oib_pipeline.extract.layout_rules import HeaderRule, RowRule, TableRule, in_editions
from oib_pipeline.extract.layout_tables import FOLDER, read_layout_table
from oib_pipeline.extract.text import chinese_part, has_cjk, squash


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
