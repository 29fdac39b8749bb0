"""Editions that should have come by now, from the last data year held of each yearly series."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

LAST_YEARS = """
SELECT series, synthetic, max(last_year) FROM raw.raw_releases GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True)
class Series:
    """A series that comes each year: by when its edition with a data year is there."""

    series: str
    title: str
    after: int
    month: int
    day: int

    def due(self, data_year: int) -> date:
        """The day by which the edition with a data year should have come."""
        return date(data_year + self.after, self.month, self.day)


@cache
def yearly() -> dict[str, Series]:
    """The series known to come each year, by name, from ``series.csv``."""
    text = files(__package__).joinpath("series.csv").read_text(encoding="utf-8")
    return {
        row["series"]: Series(
            row["series"],
            row["title"],
            int(row["published_after_years"]),
            *(int(part) for part in row["due"].split("-")),
        )
        for row in csv.DictReader(text.splitlines())
    }


def overdue(held: Iterable[tuple[str, bool, int]], today: date) -> list[str]:
    """A line a series: what is overdue since when, or when the next edition is due.

    Parameters
    ----------
    held
        series, whether synthetic, and the last data year of its releases.
    """
    lines = []
    for name, synthetic, last in held:
        if name not in yearly():
            continue
        series = yearly()[name]
        if synthetic:
            lines.append(f"{name} (synthetic): up to {last}; made up, so no edition is due")
        elif series.due(last + 1) > today:
            day = series.due(last + 1)
            lines.append(f"{name}: up to {last}; data year {last + 1} is due by {day}")
        else:
            lines.append(_late(series, last, today))
    return lines


def _late(series: Series, last: int, today: date) -> str:
    first, newest = last + 1, last + 1
    while series.due(newest + 1) <= today:
        newest += 1
    if first == newest:
        return (
            f"{series.series}: the edition with data year {first} is overdue "
            f"since {series.due(first)}"
        )
    return (
        f"{series.series}: the editions with data years {first} to {newest} are overdue, "
        f"the first since {series.due(first)}"
    )
