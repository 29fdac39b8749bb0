"""Declared years and required variables that are absent."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.contract.errors import Problem
from oib_pipeline.contract.manifest import Release
from oib_pipeline.contract.variables import absent_years
from oib_pipeline.extract.layouts.layout import csv_row
from oib_pipeline.extract.parse.reading import Reading

Pair = tuple[str, str]


def missing_required(readings: list[Reading], edition: int | str) -> list[Problem]:
    """Problems of blocks without the variables of their table, themselves or beside their cities.

    ``readings`` are the blocks of one sheet.
    """
    problems = []
    for reading in readings:
        rule = reading.rule
        if rule is None or reading.title.action != "read":
            continue
        beside = [
            other
            for other in readings
            if other.rule is rule and (other is reading or other.cities & reading.cities)
        ]
        columns = [column for other in beside for column in other.columns]
        if any(other.problems for other in beside):
            continue
        if any(c.printed and (c.rule is None or (c.variable and not c.scope)) for c in columns):
            continue  # told of already, and may be the one that is missing
        found = {pair for other in beside for pair in other.variables}
        for need in rule.requires:
            names = [name.partition("@")[0] for name in need]
            problems += [
                _missing(reading, names, scope, found, edition)
                for scope in _scopes(reading, need[0])
                if not any((name, scope) in found for name in names)
            ]
    return problems


def _scopes(reading: Reading, need: str) -> tuple[str, ...]:
    """Scopes in which a required variable is due: its own, the title's, or the table's."""
    own = need.partition("@")[2]
    if own:
        return (own,)
    if reading.title.scopes:
        return (reading.title.scopes[0],)
    scope = reading.rule.scope if reading.rule else ""
    return ("whole_city", "districts") if scope == "both" else (scope or "whole_city",)


def _missing(
    reading: Reading, names: list[str], scope: str, found: set[Pair], edition: int | str
) -> Problem:
    cell = reading.columns[0].cell if reading.columns else ""
    held = ", ".join(f"{v} ({s})" for v, s in sorted(reading.variables)) or "no variable"
    return reading.problem(
        cell,
        f"{held} in {reading.title.printed!r}",
        f"{' or '.join(names)} ({scope}) among its columns",
        "A column or its heading is missing; if the edition has none, add "
        f"{_row(reading, found, edition)} to layouts/tables.csv, with what the edition says.",
    )


def _row(reading: Reading, found: set[Pair], edition: int | str) -> str:
    """The row of tables.csv that asks an edition for what it has, and for no more."""
    rule = reading.rule
    assert rule is not None
    needs = []
    for need in rule.requires:
        due = _scopes(reading, need[0])
        bare = [name.partition("@")[0] for name in need]
        there = [s for s in due if any((name, s) in found for name in bare)]
        if there == list(due):
            needs.append("|".join(need))
        else:
            needs += [f"{name}@{s}" for s in there for name in bare if (name, s) in found]
    return csv_row(
        "tables",
        series=reading.series,
        title=rule.title,
        action="read",
        scope=rule.scope,
        requires=" ".join(needs),
        repeats="yes" if rule.repeats else "",
        editions=f"{edition}-{edition}" if isinstance(edition, int) else "",
        file=rule.file,
    )


LINE = ["file", "variable", "scope"]


def missing_years(release: Release, observations: pd.DataFrame) -> list[Problem]:
    """One problem a file, variable and scope that lacks declared years without a known reason.

    The same is checked once the release is loaded, and stops the run there.
    """
    first, last = release.data_years
    problems = []
    for line, rows in observations.groupby(LINE, observed=True, sort=True):
        file, variable, scope = (str(part) for part in line)
        known = absent_years().get((release.series, variable, scope), {})
        there = set(rows["year"].astype(int))
        lost = [year for year in range(first, last + 1) if year not in there and year not in known]
        if lost:
            problems.append(
                Problem(
                    release=release.release,
                    file=file,
                    found=f"no {variable} ({scope}) in {', '.join(map(str, lost))}",
                    expected=f"values in every declared data year, {first}-{last}",
                    todo="Read the file: rows may be lost. Where it has none, say why in "
                    "contract/absent_years.csv, or mend data_years in the manifest.",
                )
            )
    return problems
