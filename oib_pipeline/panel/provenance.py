"""What a trace holds: a number, its formulas, its inputs, and the cells they were read from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """One release's value for an input (contract unit), its cell, and why it was chosen or not."""

    release: str
    file: str
    sheet: str
    cell: str
    text: str
    stated_unit: str
    value: float
    chosen: bool
    reason: str
    correction: str


@dataclass(frozen=True)
class Input:
    """One variable a number rests on, and every origin of it, the chosen one first."""

    variable: str
    label: str
    unit: str
    value: float
    origins: tuple[Origin, ...]


@dataclass(frozen=True)
class Trace:
    """One number of a study: its value and repairs, its formulas, its inputs, what is doubtful."""

    study: str
    precedence: str
    city_code: str
    city: str
    year: int
    scope: str
    variable: str
    value: float
    computed: float
    flag: str
    before: float
    between: tuple[tuple[int, float], ...]
    formulas: tuple[str, ...]
    shares: tuple[tuple[str, tuple[float, ...]], ...]
    reason: str
    inputs: tuple[Input, ...]
    doubts: tuple[str, ...]

    def text(self) -> str:
        """The trace for a terminal."""
        from oib_pipeline.panel.trace_text import render

        return render(self)
