"""Row labels to city codes, with province context; labels that name no city."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

import numpy as np

from oib_pipeline.extract.layouts.layout import Layout, csv_row
from oib_pipeline.extract.workbook.grid import as_text, chinese_part, numbered, squash
from oib_pipeline.registry.names import Gazetteer, Span, english_key

# one English name: letters, with apostrophes as in Huai'an (straight or curly), spaces and hyphens
_ENGLISH = re.compile(r"[a-z](?:['`\u2018\u2019\u02bc -]*[a-z])*", re.IGNORECASE | re.ASCII)


@dataclass
class Labels:
    """Every row of a block resolved: ``kind`` and ``code`` (rows,), faults by row.

    ``scope`` (rows,) is that of each row, where rows print it.
    """

    kind: np.ndarray
    code: np.ndarray
    printed: np.ndarray
    province: str | None = None
    under: bool = False
    scope: np.ndarray | None = None
    faults: dict[int, Fault] = field(default_factory=dict)
    ignored: dict[str, int] = field(default_factory=dict)


def resolve_labels(
    labels: np.ndarray,
    codes: np.ndarray | None,
    provinces: np.ndarray | None,
    years: np.ndarray | tuple[int, ...],
    resolver: CityResolver,
    province: str | None = None,
    under: bool = False,
) -> Labels:
    """Each row's place.

    Parameters
    ----------
    labels, codes, provinces
        Cells (rows,) of the city column, and of the source's own code and province if it has them.
    years
        The data year of each row (rows,), or the years in which the table's names may be valid.
    province
        Province under which the block before this one ended.
    under
        Whether rows of provinces have been seen in this table.
    """
    label_id, texts = _factor(labels)
    texts = [_chinese(text) for text in texts]
    code_id, code_texts = _factor(codes) if codes is not None else (None, [])
    ending = province
    if provinces is not None:
        province_id, province_names = _factor(provinces)
        current = _province_codes(province_id, province_names, resolver)
    elif codes is not None:
        hints = [
            f"{code[:2]}0000" if len(code) == 6 and code.isdigit() else "" for code in code_texts
        ]
        current = np.array(hints, dtype=object)[code_id]
    else:
        current, under, ending = _provinces_above(label_id, texts, resolver, province, under, years)
    year_id = np.zeros(len(labels), dtype=np.int64)
    if isinstance(years, np.ndarray):
        timeless = np.array([resolver.timeless(text) for text in texts], dtype=bool)
        year_id = np.where(timeless[label_id], 0, years)
    parts = [label_id, year_id, numbered(current)[0]]
    if code_id is not None:
        parts.append(code_id)
    combo, first = _combine(parts)
    kinds = np.empty(len(first), dtype=np.int8)
    found = np.empty(len(first), dtype=object)
    faults: dict[int, Fault] = {}
    result = Labels(np.array([]), np.array([]), np.array(texts, dtype=object)[label_id])
    for index, at in enumerate(first.tolist()):
        label = texts[label_id[at]]
        row = Row(
            label,
            code_texts[code_id[at]] if code_id is not None else "",
            current[at] or None,
            (int(years[at]),) if isinstance(years, np.ndarray) else years,
            under,
        )
        place = resolver.place(row) if label else Place(BLANK)
        kinds[index], found[index] = place.kind, place.code
        if place.kind == WRONG:
            faults[index] = place.fault
        elif place.kind == IGNORED:
            result.ignored[label] = at
    result.kind, result.code = kinds[combo], found[combo]
    result.faults = {
        row: faults[combo[row]] for row in np.flatnonzero(result.kind == WRONG).tolist()
    }
    result.province, result.under = ending, under
    return result


def _provinces_above(
    label_id: np.ndarray,
    texts: list[str],
    resolver: CityResolver,
    province: str | None,
    under: bool,
    years: np.ndarray | tuple[int, ...],
) -> tuple[np.ndarray, bool, str | None]:
    """Province each row stands under, whether rows of provinces were seen, and the last one.

    Rows of one data year are looked at together: in a panel a province's row of the next year is no
    city below that of the first.
    """
    codes = [resolver.province(text) or "" for text in texts]
    own = np.array(codes, dtype=object)[label_id] if len(texts) else np.array([], dtype=object)
    plain = np.array(
        [
            bool(code) and not resolver.shares_name(text, (2000,), code)
            for text, code in zip(texts, codes, strict=True)
        ],
        dtype=bool,
    )
    seen = under or bool(len(label_id) and plain[label_id].any())
    if not seen:  # a lone 吉林 among cities opens no province
        own = np.full(len(own), "", dtype=object)
    if not len(own):
        return own, seen, province
    year = years if isinstance(years, np.ndarray) else np.zeros(len(own), dtype=np.int64)
    order = np.argsort(year, kind="stable")
    own, year = own[order], year[order]
    first = np.r_[True, year[1:] != year[:-1]]
    start = np.maximum.accumulate(np.where(first, np.arange(len(own)), 0))
    at_start = "" if isinstance(years, np.ndarray) else province or ""
    # a municipality ends the province above it, and is none for the rows below
    opens = np.array(
        ["" if code in resolver.names.municipalities else code for code in own], dtype=object
    )
    last = np.maximum.accumulate(np.where(own != "", np.arange(len(own)), -1))
    current = np.where(last >= start, opens[last], at_start)
    before = np.where(first, at_start, np.concatenate([[at_start], current[:-1]]))
    # a row named as the province it stands under is the city of that name, no new province
    current = np.where((own != "") & (own != before), "", current)
    ending = (opens[last[-1]] if last[-1] >= 0 else province) or None
    return current[np.argsort(order)], seen, ending


def _province_codes(ids: np.ndarray, names: list[str], resolver: CityResolver) -> np.ndarray:
    codes = [
        resolver.names.province_code(name) or (name if name.isdigit() else "") for name in names
    ]
    return np.array(codes, dtype=object)[ids]


def _chinese(label: str) -> str:
    """A label without the English that may follow it in the same cell."""
    chinese = chinese_part(label)
    rest = label.removeprefix(chinese)
    return chinese if chinese and _ENGLISH.fullmatch(rest) else label


def _factor(cells: np.ndarray) -> tuple[np.ndarray, list[str]]:
    ids, uniques = numbered(cells)
    return ids, [squash(as_text(value)) for value in uniques]


def _combine(parts: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Number of each row's combination, and the first row of each."""
    combo = parts[0].astype(np.int64)
    for part in parts[1:]:
        low = int(part.min(initial=0))
        combo = combo * (int(part.max(initial=0)) - low + 2) + (part - low + 1)
    _, first, inverse = np.unique(combo, return_index=True, return_inverse=True)
    return inverse, first


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


class CityResolver:
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


Fault = tuple[str, str, str]


def place_fault(at: CityResolver, row: Row, own: str) -> Fault:
    """Found, expected and what to do, for a row whose label is nothing known.

    ``own`` is the code that the name has, where the row gives another. Which city an unknown name
    means is for a person to say: the cities like it are named, and the row leaves the code empty.
    """
    found = f"{row.label!r}" + (f" with the code {row.code}" if row.code else "")
    if own:
        todo = "Check the row; if the source is wrong there, say so in layouts/rows.csv."
        return found, f"{own}, which is the code of {row.label}", todo
    if at.names.province_code(row.label):
        expected = "a name that tells the city from the province of that name"
        spans = at.names.valid_years(row.label + "市")
        rule = _rule(at, row, "city", "no provinces are rows of that table")
        return (
            found,
            expected,
            (
                f"If it is the city ({_cities(at, [code for code, _, _ in spans])}), add {rule} to "
                "layouts/rows.csv, with its code."
            ),
        )
    elsewhere = at.city(row.label, None, row.years)
    if elsewhere and row.province:
        expected = f"a city of province {row.province}; {row.label} is {elsewhere}"
        rule = _rule(at, row, "city", "its province's row is lost")
        own = at.names.chinese.get(f"{elsewhere[:2]}0000", "its province")
        todo = (
            f"Check the row: its name or its province is wrong, or the row of {own} above it is "
            f"lost. If that is lost, add {rule} to layouts/rows.csv with the city's code "
            f"({_cities(at, [elsewhere])}), and so for a city that is named as the province is."
        )
        return found, expected, todo
    if spans := at.spans(row.label):
        known = "; ".join(f"{code} {_when(first, last)}" for code, first, last in spans)
        expected = f"a name of {row.years[0]}; it is known as {known}"
        todo = (
            "Check the row and its year; if the source goes on with a former name, add "
            f"{_rule(at, row, 'city')} to layouts/rows.csv, with the code of the city and the "
            f"reason; if its figures are no city's, {_rule(at, row, 'ignore')}, with the reason."
        )
        return found, expected, todo
    return _english(at, row) or _unlike(at, row, found)


def _unlike(at: CityResolver, row: Row, found: str) -> Fault:
    """A name that nobody bears: a spelling of a city like it, or no city."""
    similar = at.names.nearest(row.label)
    codes = dict.fromkeys(at.names.valid_years(name)[0][0] for name in similar)
    inside = [code for code in codes if row.province and code[:2] == row.province[:2]]
    near = _cities(at, [*inside, *(code for code in codes if code not in inside)])
    printed = at.names.current_code(row.code)
    code = printed if printed in codes else ""  # the row itself says which
    spelling = f"`{row.label},{code},ocr,,,`"
    ignore = _rule(at, row, "ignore")
    which = "where it is printed so" if code else "the city's code and where it is printed so"
    spelt = f"a spelling of a city, add {spelling} to data/registry/names.csv, with {which}"
    other = f"no city, {'' if near else 'add '}{ignore} to layouts/rows.csv, with the reason"
    todo = f"If it is {spelt}; if {other}." if near else f"If it is {other}; if {spelt}."
    return found, f"a city known in {row.years[0]} (nearest: {near or 'none near it'})", todo


def _english(at: CityResolver, row: Row) -> Fault | None:
    """What is wrong with an English name that is no city's, or that is several cities'."""
    if not row.label.isascii():
        return None
    if codes := at.english(row.label):
        which = " or ".join(f"{at.names.chinese[code]} ({code})" for code in sorted(codes))
        todo = (
            "The rows of provinces above do not tell: check them, or put a column headed 城市 "
            "with Chinese names beside it."
        )
        return repr(row.label), f"a name that tells {which}", todo
    known = {**at.names.english, **at.names.english_provinces}
    near = get_close_matches(english_key(row.label), [*known], n=3, cutoff=0.6)
    if not near:
        return None
    provinces = {n: at.names.english_provinces[n] for n in near if n in at.names.english_provinces}
    meant = [
        code
        for n in near
        for code in [*filter(None, [provinces.get(n)]), *sorted(at.names.english.get(n, ()))]
    ]
    todo = (
        f"If it is a spelling of a city, add `{row.label},,english,,,` to "
        "data/registry/names.csv, with the city's code and where it is printed so; "
    )
    if provinces:
        todo += f"if of a province, {_rule(at, row, 'province')} to layouts/rows.csv, with its "
        todo += "code and the reason; "
    todo += f"if neither, {_rule(at, row, 'ignore')} to layouts/rows.csv, with the reason."
    nearest = _cities(at, meant)
    return repr(row.label), f"a place known in {row.years[0]} (nearest: {nearest})", todo


def _rule(at: CityResolver, row: Row, action: str, reason: str = "") -> str:
    """The row of rows.csv for a label; which city or province it is stays open."""
    return csv_row("rows", series=at.layout.series, match="exact", label=row.label, action=action,
                reason=reason)  # fmt: skip


def _cities(at: CityResolver, codes: Iterable[str]) -> str:
    """Cities or provinces by name and code."""
    return ", ".join(f"{at.names.chinese.get(code, code)} {code}" for code in dict.fromkeys(codes))


def _when(first: float, last: float) -> str:
    parts = [f"from {first:.0f}" if first > 0 else "", f"until {last:.0f}" if last < 1e8 else ""]
    return " ".join(part for part in parts if part) or "in every year"
