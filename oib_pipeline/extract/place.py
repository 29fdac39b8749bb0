"""One row label -> the city it names, a province, a row of no use, or a fault."""

from __future__ import annotations

from dataclasses import dataclass

from oib_pipeline.extract.layout import Layout
from oib_pipeline.extract.place_faults import Fault, place_fault
from oib_pipeline.extract.text import squash
from oib_pipeline.registry.gazetteer import Gazetteer, Span, english_key

CITY, PROVINCE, IGNORED, BLANK, WRONG = range(5)


@dataclass(frozen=True)
class Place:
    """What one label is, and the code of the city or province.

    ``fault`` is (found, expected, what to do) for a label that is nothing known.
    """

    kind: int
    code: str = ""
    fault: Fault = ("", "", "")


@dataclass(frozen=True)
class Row:
    """What stands in one row: its squashed label, the source's own code, its province and year.

    ``years`` are those in which the name may be valid; ``under`` says that provinces are rows of
    this table.
    """

    label: str
    code: str
    province: str | None
    years: tuple[int, ...]
    under: bool


class Resolver:
    """Resolves the labels of one release, remembering those already met."""

    def __init__(self, layout: Layout, gazetteer: Gazetteer) -> None:
        self.layout = layout
        self.names = gazetteer
        self._memo: dict[Row, Place] = {}

    def is_place(self, text: str) -> bool:
        """Whether a text names a city of any year, a province, or a row known to be of no use."""
        label = squash(text)
        return bool(
            self.spans(label) or self.names.province_code(label) or self.layout.row_rule(label)
        )

    def english(self, text: str) -> frozenset[str]:
        """Codes of the cities that an English name may mean; empty for one that is nobody's."""
        return self.names.english.get(english_key(text), frozenset())

    def english_province(self, text: str) -> str:
        """Code of the province of an English name; blank where there is none."""
        return self.names.english_provinces.get(english_key(text), "")

    def timeless(self, label: str) -> bool:
        """Whether a label means the same in every year."""
        spans = self.spans(label)
        codes = {code for code, _, _ in spans}
        return len(codes) <= 1 and all(first < 0 and last > 1e8 for _, first, last in spans)

    def place(self, row: Row) -> Place:
        """What a row's label is: the registry's word, and the layout's where that has none."""
        if row not in self._memo:
            self._memo[row] = self._place(row)
        return self._memo[row]

    def province(self, label: str) -> str | None:
        """Code of the province a label names, by the registry or by a rule of the layout."""
        rule = self.layout.row_rule(label)
        if rule is not None and rule.action == "province":
            return rule.city_code
        return self.names.province_code(label)

    def shares_name(self, label: str, years: tuple[int, ...], province: str) -> bool:
        """Whether a province's name is also that of a city in it."""
        return any(self.names.resolve(label, year, province) for year in years)

    def _place(self, row: Row) -> Place:
        rule = self.layout.row_rule(row.label, row.code)
        if rule is not None and rule.action == "discard":
            return Place(IGNORED)
        if rule is not None and rule.action == "city" and self.names.province_code(row.label):
            return Place(CITY, rule.city_code)
        kind, code = self._known(row)
        if kind != WRONG:
            return Place(kind, code)
        if rule is None:
            return Place(WRONG, fault=place_fault(self, row, code))
        kinds = {"city": CITY, "province": PROVINCE}
        return Place(kinds.get(rule.action, IGNORED), rule.city_code)

    def _known(self, row: Row) -> tuple[int, str]:
        """What the registry says; for a fault the code that the name has, if it has one."""
        as_province = self.names.province_code(row.label)
        city = self.city(row.label, row.province, row.years)
        if city is None and row.province and row.code[:2] == row.province[:2]:
            city = self.city(row.label, None, row.years)
        if as_province and row.code == as_province != city:
            return PROVINCE, as_province
        if as_province and city is None:
            if row.code:
                return WRONG, as_province
            lone = self.shares_name(row.label, row.years, as_province) and not row.under
            return (WRONG, "") if lone else (PROVINCE, as_province)
        if city is None:
            return WRONG, ""
        if row.code and self.names.current_code(row.code) != city:
            return WRONG, city
        return CITY, city

    def city(self, label: str, province: str | None, years: tuple[int, ...]) -> str | None:
        """Code of the one city that a label means in any of some years, or None."""
        as_province = self.names.province_code(label)
        if as_province in self.names.municipalities:
            return as_province  # its own province, whatever stands above it
        found = (self.names.resolve(label, year, province) for year in years)
        return next((code for code in found if code), None)

    def spans(self, label: str) -> list[Span]:
        """Codes and years of a label as it stands and with 市 after it."""
        return [*self.names.valid_years(label), *self.names.valid_years(label + "市")]
