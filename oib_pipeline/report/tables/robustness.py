"""The specification curve in numbers: by choice, how large and how often clear."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.called import Called
from oib_pipeline.report.choices import choice_words, meanings, options
from oib_pipeline.report.figures.specifications import significant
from oib_pipeline.report.labels import TREATED_CITY, short
from oib_pipeline.report.numbers import interval, number, percent, whole
from oib_pipeline.report.text import capital

CLEAR = "Clear: of the sign of the median, p < 0.05 (by permutation where that was done)."
NUMBERS = ("estimate", "p", "p_t")
FEWER = "Options with fewer specifications were tried with fewer of the other options."


def robustness_table(
    frame: pd.DataFrame,
    panel: pd.DataFrame,
    *,
    called: Called = TREATED_CITY,
    notes: tuple[str, ...] = (),
) -> Table:
    """For all specifications and those of each option: count, median, range, share clear."""
    outcomes = list(dict.fromkeys(frame["outcome"]))
    chosen_by = options(frame)
    used = frame[[name for name in frame if name in (*chosen_by, *NUMBERS)]]
    parts = {outcome: used[frame["outcome"] == outcome] for outcome in outcomes}
    rows = [_row("All specifications", [parts[outcome] for outcome in outcomes])]
    for name, listed in chosen_by.items():
        rows.append(Row((Cell(capital(choice_words(name, listed[0])[0])),), "group"))
        taken = [parts[outcome][name].astype(str).to_numpy() for outcome in outcomes]
        for option in listed:
            chosen = [parts[o][at == option] for o, at in zip(outcomes, taken, strict=True)]
            rows.append(_row(capital(choice_words(name, option)[1]), chosen))
    under = ("Number", "Median", "Range", "Clear")
    return Table(
        name="robustness",
        title="Estimates by choice of specification",
        align="l" + "rrrr" * len(outcomes),
        head=(
            (Head(), *(Head(short(outcome), len(under), rule=True) for outcome in outcomes)),
            (Head("Choice"), *(Head(text) for _ in outcomes for text in under)),
        ),
        rows=tuple(rows),
        notes=(
            CLEAR,
            FEWER,
            *meanings(frame, panel, called),
            *notes,
        ),
        data=frame,
    )


def _row(name: str, parts: list[pd.DataFrame]) -> Row:
    cells: list[Cell] = []
    for part in parts:
        if part.empty:
            cells += [Cell("0", value=0), Cell("\u2014"), Cell("\u2014"), Cell("\u2014")]
            continue
        middle = float(part["estimate"].median())
        clear = significant(part) & (np.sign(part["estimate"]) == np.sign(middle))
        cells += [
            Cell(whole(len(part)), value=len(part)),
            Cell(number(middle), value=middle),
            Cell(interval(part["estimate"].min(), part["estimate"].max())),
            Cell(percent(clear.mean()), value=float(clear.mean())),
        ]
    return Row((Cell(name), *cells))
