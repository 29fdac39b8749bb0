"""One block of one table -> its observations, and everything wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from oib_pipeline.contract.errors import Problem
from oib_pipeline.contract.units import factor, stated_units
from oib_pipeline.extract.blocks import Block
from oib_pipeline.extract.grid import address, as_text, column_letters
from oib_pipeline.extract.header import Column, nearest_headers, read_columns
from oib_pipeline.extract.labels import BLANK, CITY, WRONG, Labels, Resolver, resolve_labels
from oib_pipeline.extract.layout import Layout, TableRule
from oib_pipeline.extract.release import Release
from oib_pipeline.extract.text import as_year
from oib_pipeline.extract.title import Title, nearest_titles, read_title, rule_by_columns
from oib_pipeline.extract.values import parse_values

SHOWN = 12


@dataclass
class Reading:
    """What one block gave: how it was understood, its observations and its problems."""

    file: str
    sheet: str
    title: Title
    rule: TableRule | None = None
    year: int | None = None
    scope: str = ""
    unit: str = ""
    columns: list[Column] = field(default_factory=list)
    cities: frozenset[str] = frozenset()
    ignored: dict[str, int] = field(default_factory=dict)
    frame: dict[str, np.ndarray] | None = None
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    province: str | None = None
    under: bool = False

    @property
    def variables(self) -> set[tuple[str, str]]:
        """(variable, scope) pairs it holds."""
        return {(column.variable, column.scope) for column in self.columns if column.wanted}


class BlockReader:
    """Reads the blocks of one sheet, each with what those before it have said."""

    def __init__(self, release: Release, layout: Layout, resolver: Resolver) -> None:
        self.release = release
        self.layout = layout
        self.resolver = resolver

    def read(self, block: Block, before: Reading | None) -> Reading:
        """A block; ``before`` is the reading of the block before it in the sheet."""
        title = read_title(block.lines, self.layout, block.grid.file)
        reading = Reading(block.grid.file, block.grid.sheet, title)
        if before is not None and not title.action and (title.continued or not title.lines):
            if title.numbers and before.title.numbers and title.numbers != before.title.numbers:
                line = title.lines[0]
                self._fault(reading, address(line.row, line.column), f"{line.text.strip()!r}",
                            f"a continuation of {' '.join(before.title.numbers)}",
                            "Check the page: a title may be missing.")  # fmt: skip
            _inherit(title, before.title)
        reading.rule = title.rule
        if title.action == "skip":
            return reading
        reading.columns = read_columns(block, self.layout)
        if title.action == "unknown":
            self._unknown_title(reading, block)
            return reading
        if not title.action:
            keys = {column.key for column in reading.columns}
            reading.rule = rule_by_columns(keys, self.layout, block.grid.file)
            if reading.rule is None:
                self._unknown_title(reading, block)
                return reading
            title.action, title.rule = reading.rule.action, reading.rule
            title.reason = reading.rule.reason
            if title.action == "skip":
                return reading
        for line in title.unknown_units:
            self._fault(reading, address(line.row, line.column), f"the unit {line.text!r}",
                        "a unit of layouts/units.csv", "Add its spelling there.")  # fmt: skip
        self._settle_year(reading)
        self._settle_columns(reading)
        self._read_rows(reading, block, before)
        return reading

    def _fault(self, reading: Reading, cell: str, found: str, expected: str, todo: str) -> None:
        reading.problems.append(
            Problem(release=self.release.release, file=reading.file, sheet=reading.sheet,
                    cell=cell, found=found, expected=expected, todo=todo)
        )  # fmt: skip

    def _unknown_title(self, reading: Reading, block: Block) -> None:
        lines = reading.title.unknown or reading.title.lines
        if not lines:
            keys = ", ".join(repr(column.key) for column in reading.columns[:6])
            self._fault(
                reading, address(block.header[0], block.columns[0]),
                f"a table without a title, with the columns {keys}",
                "columns by which tables.csv knows an untitled table of the series "
                f"{self.layout.series!r}",
                "Add a row [column+column] to layouts/tables.csv.",
            )  # fmt: skip
        for line in lines:
            near = ", ".join(nearest_titles(line.text, self.layout)) or "none near it"
            self._fault(
                reading, address(line.row, line.column), f"the title {line.text.strip()!r}",
                f"a title of the series {self.layout.series!r} (nearest: {near})",
                "Add the title to layouts/tables.csv, to read or to skip with the reason.",
            )  # fmt: skip

    def _settle_year(self, reading: Reading) -> None:
        first, last = self.release.data_years
        printed = sorted(set(reading.title.years))
        for year in printed:
            if not first <= year <= last:
                self._wrong_year(reading, reading.title.lines[0], year)
        if len(printed) == 1:
            reading.year = printed[0]
        elif first == last:
            reading.year = first

    def _wrong_year(self, reading: Reading, line: object, year: int) -> None:
        cell = address(line.row, line.column)  # type: ignore[attr-defined]
        self._fault(reading, cell, f"the data year {year}", self._declared_years(),
                    "Correct data_years in the manifest, or move the file.")  # fmt: skip

    def _declared_years(self) -> str:
        first, last = self.release.data_years
        return f"{first}" if first == last else f"a year from {first} to {last}"

    def _settle_columns(self, reading: Reading) -> None:
        """Scope, unit and year of each column, from itself or the title, in that order."""
        title = reading.title
        seen: dict[tuple[str, tuple[str, ...], int | None], str] = {}
        rule = reading.rule
        for column in reading.columns:
            for found, expected, todo in column.faults:
                self._fault(reading, column.cell, found, expected, todo)
            same = (column.key, tuple(sorted(set(column.scopes))), column.year)
            if not column.key and column.printed:
                self._fault(reading, column.cell, f"a header without a name, {column.printed!r}",
                            "the wording of a variable", "Check the header rows.")  # fmt: skip
            elif column.key and same in seen:
                self._fault(
                    reading, column.cell, f"the header {column.key!r} a second time",
                    f"it once (it also stands in {seen[same]})",
                    "Check the header rows: a heading may be missing.",
                )  # fmt: skip
            elif column.key and column.rule is None:
                self._unknown_header(reading, column)
            seen[same] = column.cell
            if not column.wanted:
                continue
            assert column.rule is not None
            printed = {*column.scopes, *title.scopes}
            if len(printed) > 1:
                self._fault(reading, column.cell, f"two scopes, {' and '.join(sorted(printed))}",
                            "one scope in header and title", "Check the page.")  # fmt: skip
            default = column.rule.scope or (rule.scope if rule and rule.scope != "both" else "")
            column.scope = next(iter(sorted(printed)), default)
            if not column.scope:
                self._fault(reading, column.cell, f"no scope for {column.key!r}",
                            "全市 or 市辖区 in header or title",
                            "Give the scope in layouts/tables.csv or headers.csv.")  # fmt: skip
            self._settle_unit(reading, column)
            if column.year is not None:
                first, last = self.release.data_years
                if not first <= column.year <= last:
                    self._fault(
                        reading, column.cell, f"the data year {column.year}",
                        self._declared_years(), "Correct data_years in the manifest.",
                    )  # fmt: skip
        scopes = {column.scope for column in reading.columns if column.wanted}
        units = {column.unit for column in reading.columns if column.wanted}
        reading.scope = " + ".join(sorted(scopes))
        reading.unit = " + ".join(sorted(units))

    def _settle_unit(self, reading: Reading, column: Column) -> None:
        assert column.rule is not None
        printed = [unit for unit in column.units if unit] or [u for u in reading.title.units if u]
        stated = sorted(set(printed))
        if len(stated) > 1:
            self._fault(reading, column.cell, f"two units, {' and '.join(stated)}",
                        "one unit, the same in Chinese and English", "Check the page.")  # fmt: skip
        column.unit = printed[0] if printed else column.rule.unit
        if not column.unit:
            self._fault(
                reading, column.cell, f"no unit for {column.key!r}",
                f"one of {', '.join(stated_units(column.variable))}",
                "Give the unit in layouts/headers.csv if the source says it elsewhere.",
            )  # fmt: skip
        elif factor(column.variable, column.unit) is None:
            self._fault(
                reading, column.cell, f"the unit {column.unit!r} for {column.key!r}",
                f"one of {', '.join(stated_units(column.variable))}",
                "Check the header; a unit new to the contract goes to contract/units.csv.",
            )  # fmt: skip

    def _unknown_header(self, reading: Reading, column: Column) -> None:
        near = ", ".join(nearest_headers(column.key, self.layout)) or "none near it"
        bare = column.key.rpartition("(")[0] or column.key.rpartition("/")[0]
        if bare in self.layout.headers:
            self._fault(
                reading, column.cell, f"{column.key.removeprefix(bare)!r} after {bare!r}",
                "a unit of layouts/units.csv, or a header of layouts/headers.csv",
                "Add the unit's spelling, or the header.",
            )  # fmt: skip
            return
        self._fault(
            reading, column.cell, f"the header {column.printed!r} (read as {column.key!r})",
            f"a header of the series {self.layout.series!r} (nearest: {near})",
            f"Add {column.key!r} to layouts/headers.csv, with its variable or as not wanted.",
        )  # fmt: skip

    def _read_rows(self, reading: Reading, block: Block, before: Reading | None) -> None:
        start, end = block.data
        cells = block.grid.cells[start:end]
        if "city" not in block.labels:
            return
        years = self._row_years(reading, block, cells)
        if years is None:
            return
        pick = {role: cells[:, column] for role, column in block.labels.items()}
        names = resolve_labels(
            pick["city"],
            pick.get("code"),
            pick.get("province", pick.get("province_code")),
            years,
            self.resolver,
            province=before.province if before else None,
            under=before.under if before else False,
        )
        reading.province, reading.under = names.province, names.under
        reading.ignored = names.ignored
        self._label_faults(reading, block, names)
        self._nameless_rows(reading, block, cells, names)
        rows = np.flatnonzero(names.kind == CITY)
        reading.cities = frozenset(names.code[rows])
        if block.grid.lengths:
            self._ragged(reading, block, rows)
        if not len(rows):
            self._fault(reading, address(start, block.labels["city"]), "no row of a city",
                        "at least one", "Check the table.")  # fmt: skip
            return
        self._collect(reading, block, cells, names, rows, years)

    def _row_years(
        self, reading: Reading, block: Block, cells: np.ndarray
    ) -> np.ndarray | tuple[int, ...] | None:
        """Data year of each row (0 where blank), or the years the names may be valid in."""
        if "year" not in block.labels:
            own = sorted({c.year for c in reading.columns if c.year is not None})
            if reading.year is None and not own:
                line = address(block.header[0], block.columns[0])
                self._fault(
                    reading, line, "no data year", self._declared_years(),
                    "The table prints no year and the manifest declares several.",
                )  # fmt: skip
                return None
            return tuple(reversed(own)) or (reading.year or 0,)
        column = block.labels["year"]
        ids, uniques = pd.factorize(cells[:, column])
        first, last = self.release.data_years
        parsed = [as_year(as_text(value)) for value in uniques]
        years = np.array([year or 0 for year in parsed], dtype=np.int64)[ids]
        named = np.array([bool(as_text(v).strip()) for v in cells[:, block.labels["city"]]])
        wrong = named & ((years < first) | (years > last))
        for index in np.flatnonzero(wrong)[:SHOWN]:
            row = block.data[0] + int(index)
            if self.resolver.layout.ignores(block.grid.text(row, block.labels["city"])):
                continue
            self._fault(
                reading, address(row, column), f"the data year {block.grid.text(row, column)!r}",
                self._declared_years(), "Correct the row, or data_years in the manifest.",
            )  # fmt: skip
        return years

    def _label_faults(self, reading: Reading, block: Block, names: Labels) -> None:
        """One problem for each label and fault, at its first row, with the number of rows."""
        column = block.labels["city"]
        first: dict[str, tuple[int, str, str]] = {}
        count: dict[str, int] = {}
        for row, (found, expected, todo) in sorted(names.faults.items()):
            first.setdefault(found, (row, expected, todo))
            count[found] = count.get(found, 0) + 1
        for found, (row, expected, todo) in first.items():
            more = f" in {count[found]} years, the first" if count[found] > 1 else ""
            cell = address(block.data[0] + row, column)
            self._fault(reading, cell, found + more, expected, todo)

    def _nameless_rows(
        self, reading: Reading, block: Block, cells: np.ndarray, names: Labels
    ) -> None:
        """Rows that name no city yet hold something: known lines of no use, or lost names."""
        for index in np.flatnonzero(names.kind == BLANK):
            row = block.data[0] + int(index)
            texts = [
                (column, text)
                for column in range(*block.columns)
                if (text := as_text(cells[index, column])).strip()
            ]
            if texts and not all(self.layout.ignores(text) for _, text in texts):
                column, text = next((c, t) for c, t in texts if not self.layout.ignores(t))
                self._fault(
                    reading, address(row, column), f"{text.strip()!r} in a row without a city",
                    "a city's name in that row",
                    "Check the row; a line of no use goes to layouts/rows.csv.",
                )  # fmt: skip

    def _ragged(self, reading: Reading, block: Block, rows: np.ndarray) -> None:
        expected = block.grid.lengths[block.header[0]]
        for index in rows:
            row = block.data[0] + int(index)
            if block.grid.lengths[row] != expected:
                self._fault(
                    reading, f"row {row + 1}", f"{block.grid.lengths[row]} fields",
                    f"{expected}, as in the header", "Check the row's commas and quotes.",
                )  # fmt: skip

    def _collect(
        self, reading: Reading, block: Block, cells: np.ndarray, names: Labels,
        rows: np.ndarray, years: np.ndarray | tuple[int, ...],
    ) -> None:  # fmt: skip
        """Observations of every wanted column, and the values that are none."""
        start = block.data[0]
        numbers = np.array([str(start + int(row) + 1) for row in rows], dtype=object)
        labels = np.array([as_text(v).strip() for v in cells[rows, block.labels["city"]]], object)
        parts: list[dict[str, np.ndarray]] = []
        for column in reading.columns:
            held = cells[rows, column.index]
            if not column.printed:
                self._unheaded(reading, column, held, rows, start)
            if not column.wanted or not column.scope:
                continue
            letters = column_letters(column.index)
            held = self._passed_over(reading, letters, numbers, held)
            self._formulas(reading, block, column, rows)
            values = parse_values(held, self._missing(column.variable))
            for index in np.flatnonzero(values.bad)[:SHOWN]:
                self._fault(
                    reading, letters + numbers[index], f"{values.text[index]!r}", "a number",
                    "Read the page; then give the cell in layouts/cells.csv, with the reason.",
                )  # fmt: skip
            kept = np.flatnonzero(values.present)
            year = column.year or reading.year
            parts.append(
                {
                    "cell": np.array([letters + numbers[i] for i in kept], dtype=object),
                    "row_label": labels[kept],
                    "city_code": names.code[rows[kept]],
                    "year": years[rows[kept]]
                    if isinstance(years, np.ndarray)
                    else np.full(len(kept), year or 0),
                    "text": np.array([values.text[i].strip() for i in kept], dtype=object),
                    "value": values.number[kept],
                    "scope": np.full(len(kept), column.scope, dtype=object),
                    "variable": np.full(len(kept), column.variable, dtype=object),
                    "header": np.full(len(kept), column.printed, dtype=object),
                    "unit": np.full(len(kept), column.unit, dtype=object),
                }
            )
        if parts:
            reading.frame = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}

    def _unheaded(
        self, reading: Reading, column: Column, held: np.ndarray, rows: np.ndarray, start: int
    ) -> None:
        for index, value in enumerate(held):
            if (text := as_text(value).strip()) and not self.layout.ignores(text):
                cell = address(start + int(rows[index]), column.index)
                self._fault(reading, cell, f"{text!r} in a column without a header",
                            "a header over it", "Check the header rows.")  # fmt: skip
                return

    def _formulas(self, reading: Reading, block: Block, column: Column, rows: np.ndarray) -> None:
        if not block.grid.formulas:
            return
        start = block.data[0]
        used = [
            (row, kept)
            for index in rows
            if (kept := block.grid.formulas.get((row := start + int(index), column.index)))
            is not None
        ]
        for row in [row for row, kept in used if not kept][:SHOWN]:
            self._fault(
                reading, address(row, column.index), "a formula without a computed value",
                "a value", "Open the file in a spreadsheet program, calculate it and save it.",
            )  # fmt: skip
        if used:
            cell = address(used[0][0], column.index)
            reading.notes.append(
                Problem(release=self.release.release, file=reading.file, sheet=reading.sheet,
                        cell=cell, found=f"{len(used)} formulas under {column.key!r}",
                        expected="printed values",
                        todo="The values the file keeps for them were taken.")
            )  # fmt: skip

    def _passed_over(
        self, reading: Reading, letters: str, numbers: np.ndarray, held: np.ndarray
    ) -> np.ndarray:
        """Cells that layouts/cells.csv corrects, replaced; each held against what it says."""
        rules = {
            cell: rule
            for (release, file, sheet, cell), rule in self.layout.cells.items()
            if (release, file, sheet) == (self.release.release, reading.file, reading.sheet)
        }
        if not rules:
            return held
        held = held.copy()
        for index, number in enumerate(numbers):
            rule = rules.get(letters + number)
            if rule is None:
                continue
            if as_text(held[index]).strip() != rule["text"]:
                self._fault(
                    reading, letters + number, repr(as_text(held[index])),
                    f"{rule['text']!r}, as layouts/cells.csv says",
                    "The source changed: remove that row of cells.csv, or mend it.",
                )  # fmt: skip
            held[index] = rule["use"]
        return held

    def _missing(self, variable: str) -> frozenset[str]:
        edition = self.release.edition
        marks = set()
        for row in self.layout.missing:
            if row["variable"] not in {"", variable}:
                continue
            if isinstance(edition, int):
                first, last = row["first_edition"], row["last_edition"]
                if (first and edition < int(first)) or (last and edition > int(last)):
                    continue
            marks.add(row["mark"])
        return frozenset(marks)


def _inherit(title: Title, before: Title) -> None:
    """A continuation says again only what it says; the rest holds on from the block before."""
    title.action, title.rule, title.reason = before.action, before.rule, before.reason
    title.printed = before.printed
    title.years = title.years or before.years
    title.scopes = title.scopes or before.scopes
    title.units = title.units or before.units
    title.lines = title.lines or before.lines
    title.numbers = title.numbers or before.numbers


__all__ = ["WRONG", "BlockReader", "Reading"]
