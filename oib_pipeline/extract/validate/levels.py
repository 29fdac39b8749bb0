"""Columns of places that are of another level than cities: one problem with their count.

Rows of a province or a county hold figures that are no city's, whatever city has a name like it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from oib_pipeline.extract.layouts.layout import csv_row
from oib_pipeline.extract.parse.blocks import Block
from oib_pipeline.extract.parse.reading import Reading
from oib_pipeline.extract.parse.row_labels import CITY, IGNORED, WRONG, CityResolver, Labels
from oib_pipeline.extract.workbook.grid import address

Years = np.ndarray | tuple[int, ...]
FEW = 2  # provinces with figures: a lone one may be the city of that name
MANY = 5  # names that nobody bears, from which they are told as one problem
SHOWN = 12
ELSEWHERE = (
    "A page of another level gives no city's figure: move the file out of the release, or skip "
    "its title in layouts/tables.csv, naming the file there."
)


@dataclass(frozen=True)
class Named:
    """First row of each name that a block holds figures of, by what the name is.

    ``both`` are the municipalities, which stand on a page of provinces as on one of cities.
    """

    cities: dict[str, int]
    provinces: dict[str, int]
    both: dict[str, int]
    counties: dict[str, int]
    strangers: dict[str, int]


def of_another_level(
    reading: Reading, block: Block, labels: Labels, years: Years, resolver: CityResolver
) -> bool:
    """Whether a block is refused as one of provinces, of counties, or of nothing known.

    Counties among cities become one problem, and rows of no use where each stands below the city
    that it belongs to.
    """
    named = _named(block, labels, years, resolver)
    cell = _Cell(block)
    if len(named.provinces) >= FEW and len(named.provinces) > len(named.cities):
        provinces = [*named.provinces, *named.both]
        reading.fault(
            cell(named.provinces),
            f"{len(provinces)} provinces ({_some(provinces)}) and {len(named.cities)} cities in "
            "the column of cities",
            "a page of cities",
            ELSEWHERE,
        )
        return True
    counties = _counties(named.counties, years, resolver)
    if named.counties and _each_below_its_city(block, labels, named.counties, years, resolver):
        _pass_over(reading, labels, named.counties, cell)
        return False
    if len(named.counties) > len(named.cities) + len(named.both):
        reading.fault(
            cell(named.counties),
            f"{len(named.counties)} places of county level ({_some(counties)}) and "
            f"{len(named.cities)} cities in the column of cities",
            "a page of cities",
            ELSEWHERE,
        )
        return True
    others = {**named.counties, **named.strangers}
    if len(named.strangers) >= MANY and len(others) > len(named.cities) + len(named.both):
        reading.fault(
            cell(named.strangers),
            f"{len(others)} names that are no city's ({_some([*others])}) and "
            f"{len(named.cities)} that are, in the column of cities",
            "a page of cities",
            f"Check which places it lists. {ELSEWHERE}",
        )
        return True
    if named.counties:
        _among_cities(reading, labels, named.counties, counties, cell)
    return False


@dataclass(frozen=True)
class _Cell:
    block: Block

    def __call__(self, rows: dict[str, int]) -> str:
        """Address of the first of some rows in the column of cities."""
        return address(self.block.data[0] + min(rows.values()), self.block.labels["city"])


def _named(block: Block, labels: Labels, years: Years, resolver: CityResolver) -> Named:
    names = resolver.names
    found = Named({}, {}, {}, {}, {})
    filled = (block.grid.cells[slice(*block.data), list(block.values)] != "").any(axis=1)
    for row in np.flatnonzero(filled).tolist():
        label, kind = str(labels.printed[row]), labels.kind[row]
        province = names.province_code(label)
        if province and kind != WRONG:
            of = found.both if province in names.municipalities else found.provinces
            of.setdefault(label, row)
        elif kind == CITY:
            found.cities.setdefault(label, row)
        elif kind == WRONG and names.county_level(label, _year(years, row)) is not None:
            found.counties.setdefault(label, row)
        elif kind == WRONG and not resolver.spans(label) and not resolver.english(label):
            found.strangers.setdefault(label, row)
    return found


def _each_below_its_city(
    block: Block, labels: Labels, counties: dict[str, int], years: Years, resolver: CityResolver
) -> bool:
    """Whether every county stands below the city that its code lies in, as in provincial books."""
    cities = np.where(labels.kind == CITY, np.arange(len(labels.kind)), -1)
    above = np.maximum.accumulate(cities)
    for row in np.flatnonzero(np.isin(labels.printed, [*counties])).tolist():
        known = resolver.names.county_level(str(labels.printed[row]), _year(years, row)) or []
        inside = {resolver.names.current_code(f"{code[:4]}00") for code, *_ in known}
        if above[row] < 0 or labels.code[above[row]] not in inside:
            return False
    return True


def _pass_over(reading: Reading, labels: Labels, counties: dict[str, int], cell: _Cell) -> None:
    _take_out(labels, counties)
    reading.note(
        cell(counties),
        f"{len(counties)} places of county level below their cities ({_some([*counties])})",
        "rows of cities",
        "They were passed over: their figures are parts of those of the cities above them.",
    )


def _among_cities(
    reading: Reading, labels: Labels, counties: dict[str, int], told: list[str], cell: _Cell
) -> None:
    """Places of county level on a page of cities: told as one, each to be passed over by a row."""
    for row in [row for row in labels.faults if labels.printed[row] in counties]:
        del labels.faults[row]
    reading.unknown += [*counties]
    first = min(counties, key=lambda name: counties[name])
    rule = csv_row("rows", series=reading.series, match="exact", label=first, action="ignore")
    reading.fault(
        cell(counties),
        f"{len(counties)} place{'s' * (len(counties) > 1)} of county level ({_some(told)})",
        "cities",
        f"If the table lists them beside its cities, add for each a row like {rule} to "
        "layouts/rows.csv, with the reason.",
    )


def _take_out(labels: Labels, names: Collection[str]) -> None:
    """Make every row of some names one of no use, without a fault."""
    mine = np.isin(labels.printed, [*names])
    labels.kind = np.where(mine, IGNORED, labels.kind)
    for row in np.flatnonzero(mine).tolist():
        labels.faults.pop(row, None)
        labels.ignored.setdefault(str(labels.printed[row]), row)


def _counties(counties: dict[str, int], years: Years, resolver: CityResolver) -> list[str]:
    """Each name of county level with the prefecture it is of, where that is known."""
    told = []
    for label, row in counties.items():
        known = resolver.names.county_level(label, _year(years, row)) or []
        over = dict.fromkeys(prefecture for _, prefecture, *_ in known)
        told.append(label + (f" of {' or '.join(over)}" if over else ""))
    return told


def _year(years: Years, row: int) -> int:
    return int(years[row]) if isinstance(years, np.ndarray) else years[0]


def _some(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return "、".join(names[:SHOWN]) + more
