"""Why a slice is stale; editions due or overdue."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from oib_pipeline.versions.data_version import Chain, Slice
from oib_pipeline.versions.plan import Plan

FEW = 4


def causes(chain: Chain, stale: Iterable[Slice]) -> list[str]:
    """What changed for these slices since each was made, each thing once; sorted by kind.

    A slice that is stale only because one before it is adds nothing.
    """
    found: dict[str, None] = {}
    code: dict[tuple[str, ...], list[str]] = {}
    unmade: list[str] = []
    for stage, part in stale:
        if (stage, part) not in chain.ledger.fingerprints:
            unmade.append(f"release {part}" if stage == "raw_observations" else stage)
            continue
        before = chain.ledger.components(stage, part)
        after = chain.made_of(stage, part)
        if not before:
            found["it was made by an earlier version, which did not note what from"] = None
            continue
        rooms = tuple(changed_names(before, after, "room"))
        if rooms:
            code.setdefault(rooms, []).append(stage)
        found |= dict.fromkeys(_lines(stage, part, before, after))
        found |= dict.fromkeys(_gone(chain, stage, part, before))
    lines = list(found)
    for rooms, stages in code.items():
        names = list(dict.fromkeys(stages))
        word = "stage" if len(names) == 1 else "stages"
        lines.append(f"the code of {word} {_few(names)} changed (in {', '.join(rooms)})")
    if unmade:
        lines.append(f"not made yet: {_few(list(dict.fromkeys(unmade)))}")
    return lines


def because(chain: Chain, plan: Plan) -> str:
    """Why there is something to do, in a line for a run."""
    told = causes(chain, plan.stale)
    told += [f"release {name} is gone" for name in (*plan.removed, *plan.forgotten)]
    told += [f"release {name} is again what was read of it" for name in plan.settled]
    told += [f"study {name} has no file any more" for name in plan.dropped]
    told += [f"city pages of {name} wait to be made anew" for name in plan.due]
    return _few(list(dict.fromkeys(told)) or ["something to take out, or a report is not whole"])


def changed_names(before: Mapping[str, str], after: Mapping[str, str], kind: str) -> list[str]:
    """Names of one kind whose digest or version differs, or that came or went; sorted."""
    keys = {key for key in (*before, *after) if key.startswith(f"{kind}/")}
    return sorted(key.removeprefix(f"{kind}/") for key in keys if before.get(key) != after.get(key))


def _lines(
    stage: str, part: str, before: Mapping[str, str], after: Mapping[str, str]
) -> Iterable[str]:
    for name in changed_names(before, after, "file"):
        key = f"file/{name}"
        word = "came" if key not in before else "is gone" if key not in after else "changed"
        yield f"release {part}: {name} {word}"
    for name in changed_names(before, after, "registry"):
        yield f"data/registry/{name} changed"
    fields = changed_names(before, after, "study")
    for name in fields:
        old, new = (side.get(f"study/{name}", "absent") for side in (before, after))
        yield f"data/studies/{part}.yml: {name} was {old}, is {new}"
    for name in changed_names(before, after, "data"):
        if not (fields and name.startswith("studies/")):
            beside = " (no field of it)" if name.startswith("studies/") else ""
            yield f"data/{name} changed{beside}"
    for name in changed_names(before, after, "library"):
        old, new = (side.get(f"library/{name}", "none") for side in (before, after))
        yield f"{name} {old} was replaced by {new}"


def _gone(chain: Chain, stage: str, part: str, before: Mapping[str, str]) -> Iterable[str]:
    """Releases that sources were chosen from and that are there no more."""
    if stage != "core_sources":
        return
    known = chain.releases_for(part)
    for key in sorted(before):
        kind, _, name = key.partition("/")
        if kind == "release" and name not in known:
            yield f"release {name} is gone"


def _few(names: list[str]) -> str:
    shown = ", ".join(names[:FEW])
    return shown if len(names) <= FEW else f"{shown} and {len(names) - FEW} more"


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
