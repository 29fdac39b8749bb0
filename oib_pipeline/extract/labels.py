"""Row labels of a block -> city codes, with the province each row stands under."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from oib_pipeline.extract.grid import as_text, numbered
from oib_pipeline.extract.place import BLANK, IGNORED, WRONG, Place, Resolver, Row
from oib_pipeline.extract.place_faults import Fault
from oib_pipeline.extract.text import chinese_part, squash

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
    resolver: Resolver,
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


def _province_codes(ids: np.ndarray, names: list[str], resolver: Resolver) -> np.ndarray:
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
