"""One block of one table, read with what the blocks before it in its sheet have said."""

from __future__ import annotations

from oib_pipeline.contract.manifest import Declared
from oib_pipeline.extract.layouts.layout import Layout
from oib_pipeline.extract.parse.blocks import Block
from oib_pipeline.extract.parse.column_attributes import resolve_columns
from oib_pipeline.extract.parse.english_names import with_english_column
from oib_pipeline.extract.parse.header import each_scope, know_columns, read_columns
from oib_pipeline.extract.parse.reading import Reading
from oib_pipeline.extract.parse.row_labels import CityResolver
from oib_pipeline.extract.parse.row_scopes import row_scopes, with_scope_column
from oib_pipeline.extract.parse.rows import read_rows, without_name_marks
from oib_pipeline.extract.parse.title import Title, read_title, rule_by_columns
from oib_pipeline.extract.parse.values import Collector
from oib_pipeline.extract.validate.headers import unknown_title
from oib_pipeline.extract.validate.values import check_second_prints
from oib_pipeline.extract.workbook.grid import address


class TableReader:
    """Reads the blocks of one release's sheets."""

    def __init__(self, release: Declared, layout: Layout, resolver: CityResolver) -> None:
        self.release = release
        self.layout = layout
        self.resolver = resolver
        self._numbered: dict[tuple[str, tuple[str, ...]], Reading] = {}

    def read(self, block: Block, before: Reading | None) -> Reading:
        """A block; ``before`` is the reading of the block before it in the sheet."""
        title = read_title(block.lines, self.layout, block.grid.file)
        named = (block.grid.file, title.numbers)
        if (
            before is None and title.continued and title.numbers
        ):  # a sheet that goes on from another
            before = self._numbered.get(named)
        reading = self._titled(block, title, before)
        if title.numbers and title.action:
            self._numbered[named] = reading
        if reading.title.action == "skip" and reading.title.says_so:
            return reading
        block = with_english_column(with_scope_column(block, self.layout), self.resolver)
        reading.columns = read_columns(block, self.layout)
        if reading.title.action == "skip":
            self._swallowed(reading)
            return reading
        self._untitled(reading)
        know_columns(reading.columns, reading.rule.title if reading.rule else "", self.layout)
        if reading.title.action == "skip":
            return reading
        if reading.title.action != "read":
            unknown_title(reading, block, self.layout)
            return reading
        block = without_name_marks(reading, block, self.resolver)
        years = self.release.data_years
        scopes = row_scopes(block, self.resolver)
        reading.row_scopes = scopes.used if scopes else ()
        resolve_columns(reading, block, self.resolver, years, self._latest())
        self._edition(reading)
        rows = read_rows(reading, block, self.resolver, years, before, scopes)
        if rows is not None and reading.cities:
            Collector(reading, block, *rows).collect(self.layout, self.release.edition)
            check_second_prints(reading, block)
        if scopes:
            reading.columns = [
                one
                for column in reading.columns
                for one in (each_scope(column, scopes.used) if column.variable else [column])
            ]
        return reading

    def _edition(self, reading: Reading) -> None:
        """A yearbook's name over a table prints the edition that the release is of."""
        edition = self.release.edition
        for printed, line in reading.title.editions if self._latest() else ():
            if printed != edition:
                reading.fault(
                    address(line.row, line.column),
                    f"the yearbook of {printed} in {line.text.strip()!r}",
                    f"the {edition} edition",
                    "Correct the edition, in the manifest or as given, or move the file away.",
                )

    def _latest(self) -> int | None:
        """The year an edition is of, where its series says how far it lies behind."""
        edition, lag = self.release.edition, self.layout.edition_lag
        return edition - lag if isinstance(edition, int) and lag else None

    def _titled(self, block: Block, title: Title, before: Reading | None) -> Reading:
        """A reading with its title; a continuation takes over what the block before it said."""
        reading = Reading(
            self.release.release, block.grid.file, block.grid.sheet, title, self.layout.series
        )
        if before is not None and not title.action and (title.continued or not title.lines):
            numbers = before.title.numbers
            if title.numbers and numbers and title.numbers != numbers:
                line = title.lines[0]
                reading.fault(
                    address(line.row, line.column),
                    f"{line.text.strip()!r}",
                    f"a continuation of {' '.join(numbers)}",
                    "Check the page: a title may be missing.",
                )
            _inherit(title, before.title)
        reading.rule = title.rule
        return reading

    def _swallowed(self, reading: Reading) -> None:
        """A table without a title below one that is skipped must not be lost with it."""
        wanted = [
            column
            for column in reading.columns
            if any(rule.variable for rule in self.layout.header_rules(column.key, ""))
        ]
        for column in wanted[:1]:
            reading.fault(
                column.cell,
                f"{column.key!r} in a table without a title, below one that is skipped "
                f"({reading.title.printed})",
                "its own title, or columns that no variable wants",
                "Check the page: a title may be missing.",
            )

    def _untitled(self, reading: Reading) -> None:
        """An untitled table is known by its columns."""
        title = reading.title
        if title.action:
            return
        keys = {column.key for column in reading.columns}
        reading.rule = rule_by_columns(keys, self.layout, reading.file)
        if reading.rule is not None:
            title.action, title.rule = reading.rule.action, reading.rule
            title.reason = reading.rule.reason


def _inherit(title: Title, before: Title) -> None:
    """A continuation says again only what it says; the rest holds on from the block before."""
    title.action, title.rule, title.reason = before.action, before.rule, before.reason
    title.says_so = title.continued
    title.printed = before.printed
    title.years = title.years or before.years
    title.scopes = title.scopes or before.scopes
    title.several_units = title.several_units if title.units else before.several_units
    title.units = title.units or before.units
    title.lines = title.lines or before.lines
    title.numbers = title.numbers or before.numbers
