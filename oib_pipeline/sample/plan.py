"""Which tables an edition prints: number, title, columns and scopes of each."""

from __future__ import annotations

from dataclasses import dataclass

from oib_pipeline.sample.catalogue import Column, columns, tables
from oib_pipeline.sample.editions import Edition

SCOPE_ZH = {"whole_city": "全市", "districts": "市辖区"}


@dataclass(frozen=True)
class Plan:
    """One table of one edition: its number, its columns in order, and the scope its title names."""

    edition: Edition
    table: str
    number: int
    columns: tuple[tuple[Column, str], ...]
    title_scope: str | None

    @property
    def label(self) -> str:
        """Table number as printed, ``2-9``."""
        return f"2-{self.number}"

    @property
    def title_zh(self) -> str:
        """Chinese title with the scope it names."""
        scope = f"({SCOPE_ZH[self.title_scope]})" if self.title_scope else ""
        return tables()[self.table].title_zh + scope

    @property
    def leading(self) -> int:
        """Columns before the figures: the name, and the English name where there is one."""
        return 2 if self.edition.english else 1

    @property
    def width(self) -> int:
        """All columns."""
        return self.leading + len(self.columns)

    @property
    def unit_apart(self) -> bool:
        """Whether the unit stands in a row of its own."""
        return self.table in self.edition.unit_row

    def unit(self, column: Column) -> str:
        """Unit the figures are printed in (half-width)."""
        return self.edition.units.get(column.column, column.unit)


def plans(edition: Edition) -> list[Plan]:
    """Every table of an edition in printing order, numbered."""
    made: list[Plan] = []
    for key in edition.tables:
        own = [columns()[name] for name in tables()[key].columns]
        scopes = list(dict.fromkeys(scope for column in own for scope in column.scopes))
        split = key in edition.scope_in_title
        for part in [[scope] for scope in scopes] if split else [scopes]:
            pairs = tuple((one, scope) for one in own for scope in one.scopes if scope in part)
            in_title = len(part) == 1 and (split or not edition.scope_row_always)
            number = edition.first_number + len(made)
            made.append(Plan(edition, key, number, pairs, part[0] if in_title else None))
    return made
