"""What changed between two editions of a series: tables, headers, units, cities, magnitudes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from oib_pipeline.contract.units import factor
from oib_pipeline.extract.sheets import FileReading

JUMP = 3.0  # a median this many times another is told of; yearly growth stays far below


@dataclass
class Summary:
    """What an edition holds, by title and by (variable, scope)."""

    titles: set[str] = field(default_factory=set)
    headers: dict[str, set[str]] = field(default_factory=dict)
    units: dict[tuple[str, str], str] = field(default_factory=dict)
    cities: set[str] = field(default_factory=set)
    median: dict[tuple[str, str], float] = field(default_factory=dict)


def differences(before: list[FileReading], now: list[FileReading]) -> list[str]:
    """Lines for a person, in a fixed order; empty where nothing changed."""
    old, new = _summary(before), _summary(now)
    lines = [f"table new: {title}" for title in sorted(new.titles - old.titles)]
    lines += [f"table gone: {title}" for title in sorted(old.titles - new.titles)]
    for title in sorted(old.titles & new.titles):
        was, has = old.headers.get(title, set()), new.headers.get(title, set())
        lines += [f"header new in {title}: {key}" for key in sorted(has - was)]
        lines += [f"header gone from {title}: {key}" for key in sorted(was - has)]
    lines += _variables(old, new)
    gone, come = sorted(old.cities - new.cities), sorted(new.cities - old.cities)
    lines += [f"cities no longer there ({len(gone)}): {', '.join(gone)}"] if gone else []
    lines += [f"cities new ({len(come)}): {', '.join(come)}"] if come else []
    return lines


def _variables(old: Summary, new: Summary) -> list[str]:
    lines = []
    for name, scope in sorted(old.units.keys() | new.units.keys()):
        pair = (name, scope)
        if pair not in new.units:
            lines.append(f"variable gone: {name} ({scope})")
        elif pair not in old.units:
            lines.append(f"variable new: {name} ({scope}), in {new.units[pair]}")
        else:
            if old.units[pair] != new.units[pair]:
                lines.append(f"unit of {name} ({scope}): {old.units[pair]} -> {new.units[pair]}")
            ratio = new.median[pair] / old.median[pair] if old.median.get(pair) else 1.0
            if np.isfinite(ratio) and not 1 / JUMP < ratio < JUMP:
                lines.append(
                    f"magnitude of {name} ({scope}): its median is {ratio:.3g} times the one before"
                )
    return lines


def _summary(files: list[FileReading]) -> Summary:
    summary = Summary()
    values: dict[tuple[str, str], list[np.ndarray]] = {}
    for reading in (reading for file in files for reading in file.readings):
        title = reading.rule.title if reading.rule else reading.title.printed
        summary.titles.add(title)
        if reading.title.action != "read":
            continue
        keys = {column.key for column in reading.columns if column.key}
        summary.headers.setdefault(title, set()).update(keys)
        summary.cities |= reading.cities
        for held in reading.held.columns if reading.held else []:
            column = held.column
            pair = (column.variable, column.scope)
            summary.units.setdefault(pair, column.unit)
            scale = factor(column.variable, column.unit) or 1.0
            values.setdefault(pair, []).append(held.number * scale)
    for pair, parts in values.items():
        numbers = np.concatenate(parts)
        summary.median[pair] = float(np.median(numbers)) if len(numbers) else float("nan")
    return summary
