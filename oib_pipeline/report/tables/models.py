"""Models side by side in the form of a journal: estimates with standard errors below."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from oib_pipeline.contract.counting import noun
from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.called import Called
from oib_pipeline.report.headline import TREATMENT
from oib_pipeline.report.labels import TREATED_CITY, convention_without_df, convention_words, short
from oib_pipeline.report.numbers import STAR_NOTE, decimals_for, fixed, stars, whole
from oib_pipeline.report.text import listing


@dataclass(frozen=True)
class Column:
    """One model: its number, its outcome and its rows of the long table."""

    model: str
    outcome: str
    rows: pd.DataFrame

    def term(self, name: str) -> pd.Series | None:
        """The row of one term, if the model has it."""
        found = self.rows[self.rows["term"] == name]
        return None if found.empty else found.iloc[0]

    @property
    def first(self) -> pd.Series:
        """A row for what is the same in all."""
        return self.rows.iloc[0]


def columns_of(frame: pd.DataFrame) -> list[Column]:
    """The models of a long table in the order they stand in, those of one outcome together."""
    keys = frame[["outcome", "model"]].drop_duplicates()
    order = list(dict.fromkeys(keys["outcome"]))
    return [
        Column(
            str(model), outcome, frame[(frame["outcome"] == outcome) & (frame["model"] == model)]
        )
        for outcome in order
        for model in keys.loc[keys["outcome"] == outcome, "model"]
    ]


def models_table(
    columns: Sequence[Column],
    *,
    name: str,
    title: str,
    statistics: Sequence[tuple[str, Callable[[Column], Cell]]],
    notes: Sequence[str] = (),
    called: Called = TREATED_CITY,
    inference: bool = True,
) -> Table:
    """The printed table of some models.

    ``statistics`` gives the rows under the estimates: a name and what each model has there.
    """
    terms = list(dict.fromkeys(term for column in columns for term in column.rows["term"]))
    lines = [_estimates(term, columns, called) for term in terms]
    foot = [
        Row((Cell(text), *(tell(column) for column in columns)), rule=position == 0)
        for position, (text, tell) in enumerate(statistics)
    ]
    return Table(
        name=name,
        title=title,
        align="l" + "r" * len(columns),
        head=_head(columns),
        rows=(*lines, *foot),
        notes=(
            "Standard errors in parentheses. " + STAR_NOTE,
            *([convention_note(columns)] if inference else []),
            *notes,
        ),
        data=pd.concat([column.rows for column in columns], ignore_index=True),
    )


def estimate_cell(estimate: float, se: float, p: float, decimals: int | None = None) -> Cell:
    """An estimate over its standard error, both with the error's decimals, starred."""
    decimals = decimals_for(se) if decimals is None else decimals
    return Cell(
        fixed(estimate, decimals),
        stars=stars(p),
        below=f"({fixed(se, decimals)})",
        value=_number(estimate),
        value_below=_number(se),
    )


def decimals_of(rows: Iterable[pd.Series]) -> int:
    """Decimals of one line of estimates: a digit of every estimate and error shows."""
    return decimals_for(*(row[name] for row in rows for name in ("estimate", "se")))


def fit_note(frame: pd.DataFrame) -> str:
    """What every model of a table has on its right-hand side besides the treatment."""
    models = frame[["outcome", "model"]].drop_duplicates()
    every = "The model has" if len(models) == 1 else "All models have"
    controls = [term for term in dict.fromkeys(frame["term"]) if term != TREATMENT]
    names = listing([short(str(term)) for term in controls])
    held = f"the {noun(controls, 'control')} {names}; " if controls else ""
    return f"{every} {held}effects of cities and of years."


def means_note(panel: pd.DataFrame, outcomes: Iterable[str]) -> str:
    """The mean of each outcome over the panel."""
    means = [f"{short(name)} {fixed(float(panel[name].mean()), 3)}" for name in outcomes]
    return f"Mean of the outcome in the panel: {listing(means)}."


def convention_note(columns: Sequence[Column]) -> str:
    """How the standard errors were computed, once for all models."""
    given = dict.fromkeys(str(column.first["convention"]) for column in columns)
    words = convention_words if len(given) == 1 else convention_without_df
    said = dict.fromkeys(words(text) for text in given)
    return "Standard errors " + "; ".join(said) + "."


def count_cell(name: str) -> Callable[[Column], Cell]:
    """A row of counts from a column of the long table."""
    return lambda column: Cell(whole(column.first[name]), value=_number(column.first[name]))


def number_cell(name: str, decimals: int = 3) -> Callable[[Column], Cell]:
    """A row of numbers from a column of the long table."""
    return lambda column: Cell(
        fixed(column.first[name], decimals), value=_number(column.first[name])
    )


def _head(columns: Sequence[Column]) -> tuple[tuple[Head, ...], ...]:
    spans: list[list] = []
    for column in columns:
        if spans and spans[-1][0] == column.outcome:
            spans[-1][1] += 1
        else:
            spans.append([column.outcome, 1])
    top = (Head(), *(Head(short(outcome), span, rule=True) for outcome, span in spans))
    models = (Head(), *(Head(_model(column.model)) for column in columns))
    return top, models


def _model(model: str) -> str:
    return f"({model})" if model.isdigit() else model


def _estimates(term: str, columns: Sequence[Column], called: Called) -> Row:
    found = [column.term(term) for column in columns]
    decimals = decimals_of(row for row in found if row is not None)
    cells = (
        Cell() if row is None else estimate_cell(row["estimate"], row["se"], row["p"], decimals)
        for row in found
    )
    return Row((Cell(short(term, called)), *cells))


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
