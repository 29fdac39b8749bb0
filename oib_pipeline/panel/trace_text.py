"""A trace as lines for a terminal."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oib_pipeline.panel.provenance import Input, Origin, Trace

WIDTH = 12


def render(trace: Trace) -> str:
    """The trace from the number down to the cells; ends without a newline."""
    lines = [
        f"{trace.variable} of {trace.city} ({trace.city_code}) in {trace.year}",
        _line("study", f"{trace.study}, scope {trace.scope}, sources {trace.precedence}"),
        *_value(trace),
        *(_line("formula", text) for text in trace.formulas),
        *(_line("shares", _sectors(*pair)) for pair in trace.shares),
    ]
    for given in trace.inputs:
        lines += ["", *_input(given)]
    if trace.doubts:
        lines += ["", "what is doubtful here"]
        lines += [f"  - {text}" for text in trace.doubts]
    return "\n".join(lines)


def _value(trace: Trace) -> list[str]:
    lines = []
    if not isnan(trace.value):
        lines.append(_line("in the panel", _figure(trace.value)))
    computed = trace.reason if isnan(trace.computed) else _figure(trace.computed)
    lines.append(_line("computed", computed))
    if trace.flag:
        lines.append(_line("repair", _repair(trace)))
    return lines


def _sectors(part: str, values: tuple[float, ...]) -> str:
    figures = ("missing" if isnan(value) else f"{value:.4f}" for value in values)
    return f"{part}: " + ", ".join(figures)


def _repair(trace: Trace) -> str:
    parts = [trace.flag]
    if not isnan(trace.before):
        parts.append(f"before {_figure(trace.before)}")
    if trace.between:
        ends = " and ".join(f"{year} ({_figure(value)})" for year, value in trace.between)
        parts.append(f"between {ends}")
    return ", ".join(parts)


def _input(given: Input) -> list[str]:
    value = "no value" if isnan(given.value) else f"{_figure(given.value)} {given.unit}"
    lines = [f"{given.variable} ({given.label}): {value}"]
    for origin in given.origins:
        lines += _origin(origin)
    if not given.origins:
        lines.append("  no release of the study's sources has it")
    return lines


def _origin(origin: Origin) -> list[str]:
    sheet = f", sheet {origin.sheet}" if origin.sheet else ""
    mark = "*" if origin.chosen else " "
    value = "" if isnan(origin.value) else f" = {_figure(origin.value)}"
    lines = [
        f"  {mark} {origin.release}: {origin.file}{sheet}, cell {origin.cell}",
        f"      printed {origin.text!r} {origin.stated_unit}{value}; {origin.reason}",
    ]
    if origin.correction:
        lines.append(f"      corrected: {origin.correction}")
    return lines


def _line(word: str, text: str) -> str:
    return f"  {word:<{WIDTH}}  {text}"


def _figure(value: float) -> str:
    return f"{value:,.4f}" if abs(value) < 100 else f"{value:,.2f}"
