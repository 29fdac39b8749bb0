"""Row labels -> city codes, with the province a row stands under and the source's own code."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from oib_pipeline.extract.grid import as_text
from oib_pipeline.extract.layout import Layout
from oib_pipeline.extract.text import squash
from oib_pipeline.registry import Registry

CITY, PROVINCE, IGNORED, BLANK, WRONG = range(5)


@dataclass(frozen=True)
class Place:
    """What one label is: a city with its code, a province, a row of no use, or a fault."""

    kind: int
    code: str = ""
    reason: str = ""
    fault: tuple[str, str, str] = ("", "", "")


@dataclass
class Labels:
    """Every row of a block resolved: ``kind`` and ``code`` (rows,), faults by row."""

    kind: np.ndarray
    code: np.ndarray
    printed: np.ndarray
    province: str | None = None
    under: bool = False
    faults: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    ignored: dict[str, int] = field(default_factory=dict)


class Resolver:
    """Resolves labels of one release, remembering those already met."""

    def __init__(self, layout: Layout, registry: Registry) -> None:
        self.layout = layout
        self.registry = registry
        self.province_of = dict(
            zip(registry.cities["city_code"], registry.cities["province_code"], strict=True)
        )
        self._memo: dict[tuple[str, str, str | None, tuple[int, ...], bool], Place] = {}

    def is_place(self, text: str) -> bool:
        """Whether a text names a city of any year, a province, or a row known to be of no use."""
        label = squash(text)
        names = self.registry.names
        return bool(
            names.valid_years(label)
            or names.valid_years(label + "市")
            or self.registry.province_code(label)
            or self.layout.row_rule(label)
        )

    def place(
        self, label: str, code: str, province: str | None, years: tuple[int, ...], under: bool
    ) -> Place:
        """What a squashed label is; ``under``: provinces are rows of this table."""
        key = (label, code, province, years, under)
        if key not in self._memo:
            self._memo[key] = self._place(label, code, province, years, under)
        return self._memo[key]

    def _place(
        self, label: str, code: str, province: str | None, years: tuple[int, ...], under: bool
    ) -> Place:
        place = self._known(label, code, province, years, under)
        rule = self.layout.row_rule(label, code)
        if rule is None or (place.kind != WRONG and rule.action != "discard"):
            return place
        if rule.action != "city":
            return Place(IGNORED, reason=rule.reason)
        return Place(CITY, rule.city_code)

    def _known(
        self, label: str, code: str, province: str | None, years: tuple[int, ...], under: bool
    ) -> Place:
        """What the registry says of a label, before any rule of the layout."""
        as_province = self.registry.province_code(label)
        city = self._city(label, province, years)
        if city is None and province and code[:2] == province[:2]:
            city = self._city(label, None, years)
        if as_province and code == as_province != city:
            return Place(PROVINCE, as_province)
        if as_province and city is None:
            if code:
                return _code_differs(label, as_province, code)
            if self._shares_name(label, years, as_province) and not under:
                return _ambiguous(label)
            return Place(PROVINCE, as_province)
        if city is None:
            return self._unknown(label, code, province, years)
        if code and self.registry.current_code(code) != city:
            return _code_differs(label, city, code)
        return Place(CITY, city)

    def _city(self, label: str, province: str | None, years: tuple[int, ...]) -> str | None:
        as_province = self.registry.province_code(label)
        if as_province and self.registry.resolve(label, years[0]) == as_province:
            return as_province  # a municipality: its own province, whatever stands above it
        found = (self.registry.resolve(label, year, province) for year in years)
        return next((code for code in found if code), None)

    def _shares_name(self, label: str, years: tuple[int, ...], province: str) -> bool:
        return any(self.registry.resolve(label, year, province) for year in years)

    def _unknown(
        self, label: str, code: str, province: str | None, years: tuple[int, ...]
    ) -> Place:
        found = f"{label!r}" + (f" with the code {code}" if code else "")
        spans = self.registry.names.valid_years(label)
        elsewhere = next((c for y in years if (c := self.registry.resolve(label, y))), None)
        if elsewhere and province:
            expected = f"a city of province {province}; {label} is {elsewhere}"
            todo = "Check the row: its name or its province is wrong."
        elif spans:
            known = "; ".join(f"{c} {_span(first, last)}" for c, first, last in spans)
            expected = f"a name of {years[0]}; it is known as {known}"
            todo = "Check the row, or add the name with its years to data/registry/names.csv."
        else:
            near = ", ".join(self.registry.nearest(label)) or "none near it"
            expected = f"a city known in {years[0]} (nearest: {near})"
            todo = (
                "Add the spelling to data/registry/names.csv, or the row to layouts/rows.csv "
                "if it is no city."
            )
        return Place(WRONG, fault=(found, expected, todo))


def resolve_labels(
    labels: np.ndarray,
    codes: np.ndarray | None,
    provinces: np.ndarray | None,
    years: np.ndarray | tuple[int, ...],
    resolver: Resolver,
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
        current, under, ending = _provinces_above(label_id, texts, resolver, province, under)
    per_row = isinstance(years, np.ndarray)
    year_id = years if per_row else np.zeros(len(labels), dtype=np.int64)
    parts = [label_id, year_id, pd.factorize(current)[0]]
    if code_id is not None:
        parts.append(code_id)
    combo, first = _combine(parts)
    kinds = np.empty(len(first), dtype=np.int8)
    found = np.empty(len(first), dtype=object)
    result = Labels(np.array([]), np.array([]), np.array(texts, dtype=object)[label_id])
    for index, row in enumerate(first):
        label = texts[label_id[row]]
        code = code_texts[code_id[row]] if code_id is not None else ""
        span = (int(year_id[row]),) if per_row else tuple(years)
        place = (
            resolver.place(label, code, current[row] or None, span, under)
            if label
            else Place(BLANK)
        )
        kinds[index], found[index] = place.kind, place.code
        if place.kind == WRONG:
            result.faults[int(row)] = place.fault
        elif place.kind == IGNORED:
            result.ignored[label] = int(row)
    result.kind, result.code = kinds[combo], found[combo]
    result.province, result.under = ending, under
    return result


def _provinces_above(
    label_id: np.ndarray, texts: list[str], resolver: Resolver, province: str | None, under: bool
) -> tuple[np.ndarray, bool, str | None]:
    """Province each row stands under, whether rows of provinces were seen, and the last one."""
    codes = [resolver.registry.province_code(text) or "" for text in texts]
    own = np.array(codes, dtype=object)[label_id] if len(texts) else np.array([], dtype=object)
    plain = np.array(
        [
            bool(code) and not resolver._shares_name(text, (2000,), code)
            for text, code in zip(texts, codes, strict=True)
        ],
        dtype=bool,
    )
    seen = under or bool(len(label_id) and plain[label_id].any())
    if not len(own):
        return own, seen, province
    # a municipality ends the province above it, and is none for the rows below
    opens = np.array(["" if code in resolver.province_of else code for code in own], dtype=object)
    last = np.maximum.accumulate(np.where(own != "", np.arange(len(own)), -1))
    current = np.where(last >= 0, opens[last], province or "")
    before = np.concatenate([[province or ""], current[:-1]])
    # a row named as the province it stands under is the city of that name, no new province
    current = np.where((own != "") & (own != before), "", current)
    return current, seen, (opens[last[-1]] if last[-1] >= 0 else province) or None


def _province_codes(ids: np.ndarray, names: list[str], resolver: Resolver) -> np.ndarray:
    codes = [
        resolver.registry.province_code(name) or (name if name.isdigit() else "") for name in names
    ]
    return np.array(codes, dtype=object)[ids]


def _factor(cells: np.ndarray) -> tuple[np.ndarray, list[str]]:
    ids, uniques = pd.factorize(cells)
    return ids, [squash(as_text(value)) for value in uniques]


def _combine(parts: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Number of each row's combination, and the first row of each."""
    combo = parts[0].astype(np.int64)
    for part in parts[1:]:
        low = int(part.min(initial=0))
        combo = combo * (int(part.max(initial=0)) - low + 2) + (part - low + 1)
    _, first, inverse = np.unique(combo, return_index=True, return_inverse=True)
    return inverse, first


def _ambiguous(label: str) -> Place:
    expected = "a name that tells the city from the province of that name"
    todo = "Say in layouts/rows.csv what that row is."
    return Place(WRONG, fault=(repr(label), expected, todo))


def _code_differs(label: str, city: str, code: str) -> Place:
    found = f"{label!r} with the code {code}"
    todo = "Check the row; if the source is wrong there, say so in layouts/rows.csv."
    return Place(WRONG, fault=(found, f"{city}, which is the code of {label}", todo))


def _span(first: float, last: float) -> str:
    start = "" if first < 0 else f"from {first:.0f} "
    return f"{start}{'on' if last > 1e8 and start else '' if last > 1e8 else f'until {last:.0f}'}"
