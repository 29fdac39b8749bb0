"""Models side by side: baseline, event study."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from oib_pipeline.contract.counting import noun
from oib_pipeline.report.document.blocks import Cell, Head, Row, Table
from oib_pipeline.report.document.format_numbers import (
    MISSING,
    STAR_NOTE,
    decimals_for,
    fixed,
    interval,
    p_value,
    signed,
    stars,
    whole,
)
from oib_pipeline.report.document.labels import (
    TREATED_CITY,
    base_words,
    capital,
    convention_without_df,
    convention_words,
    listing,
    short,
)
from oib_pipeline.report.document.treated import Called
from oib_pipeline.report.inputs import EstimationSample, estimation_sample
from oib_pipeline.report.text.headline import TREATMENT


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


def baseline_table(
    frame: pd.DataFrame,
    panel: pd.DataFrame,
    *,
    name: str = "baseline",
    title: str,
    called: Called = TREATED_CITY,
    notes: tuple[str, ...] = (),
) -> Table:
    """Estimates of every term, then controls, effects, N, cities, fit and the outcome's mean."""
    columns = columns_of(frame)
    used = {_key(column): _sample(column, panel) for column in columns}
    return models_table(
        columns,
        name=name,
        title=title,
        statistics=(
            ("Controls", lambda column: Cell("yes" if _controls(column, panel) else "no")),
            ("City effects", lambda column: Cell("yes")),
            ("Year effects", lambda column: Cell("yes")),
            ("City-years", count_cell("n_obs")),
            ("Cities (clusters)", count_cell("n_clusters")),
            (capital(called.many), lambda column: _cities(column, used[_key(column)], pilots=True)),
            ("Others", lambda column: _cities(column, used[_key(column)], pilots=False)),
            ("R² within", number_cell("r2_within")),
            ("Mean of outcome", lambda column: _mean(column, used[_key(column)])),
        ),
        notes=notes,
        called=called,
    )


def _controls(column: Column, panel: pd.DataFrame) -> list[str]:
    """Terms of the model that are columns of the panel, the treatment aside."""
    return [name for name in column.rows["term"] if name in panel and name != TREATMENT]


def _mean(column: Column, sample: EstimationSample) -> Cell:
    """The outcome's mean over the city-years the model used."""
    mean = float(sample.used[column.outcome].mean())
    return Cell(fixed(mean, 3), value=mean)


def _cities(column: Column, sample: EstimationSample, *, pilots: bool) -> Cell:
    """Pilot or other cities the model used; n.a. where the panel does not give its counts."""
    if not sample.fits(column.first["n_obs"], column.first["n_clusters"]):
        return Cell(MISSING)
    count = sample.n_pilots if pilots else sample.n_others
    return Cell(whole(count), value=float(count))


def _key(column: Column) -> tuple[str, str]:
    return column.outcome, column.model


def _sample(column: Column, panel: pd.DataFrame) -> EstimationSample:
    return estimation_sample(panel, column.outcome, _controls(column, panel))


def event_study_table(frame: pd.DataFrame, start: int, *, notes: tuple[str, ...] = ()) -> Table:
    """Every year's effect with its pointwise interval and joint band, and the pre-trend test."""
    effects = frame[frame["event_time"].notna()]
    rows: list[Row] = []
    for (outcome, model), part in effects.groupby(["outcome", "model"], sort=False):
        several = len(set(effects.loc[effects["outcome"] == outcome, "model"])) > 1
        title = f"{short(outcome)}, {model}" if several else short(outcome)
        rows.append(
            Row(
                (Cell(f"{title}: effects relative to {base_words(part['base'].iloc[0])}"),), "group"
            )
        )
        rows += [_row(record, start) for record in part.sort_values("year").to_dict("records")]
        rows.append(Row((Cell(_test(part.iloc[0], start)),), "group"))
    names = ("Year", "Estimate", "Std. error", "p", "95% interval", "95% joint band")
    return Table(
        name="event-study-effects",
        title="Effects by year",
        align="lrrrrr",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=(
            f"Standard errors {convention_words(effects['convention'].iloc[0])}. {STAR_NOTE}",
            "Joint bands (sup-t) hold all years at once.",
            *notes,
        ),
        data=frame,
    )


def _row(record: dict, start: int) -> Row:
    ends = [record[name] for name in ("ci_low", "ci_high", "joint_low", "joint_high")]
    places = decimals_for(record["se"], record["estimate"])
    year = int(record["year"])
    return Row(
        (
            Cell(f"{year} ({signed(year - start)})"),
            Cell(
                fixed(record["estimate"], places),
                stars=stars(record["p"]),
                value=record["estimate"],
            ),
            Cell(fixed(record["se"], places), value=record["se"]),
            Cell(p_value(record["p"]), value=record["p"]),
            Cell(interval(ends[0], ends[1], decimals_for(record["se"]))),
            Cell(interval(ends[2], ends[3], decimals_for(record["se"]))),
        )
    )


def _test(row: pd.Series, start: int) -> str:
    if pd.isna(row["pretrend_p"]):
        return f"No joint test of the years before {start}: not defined"
    value = p_value(row["pretrend_p"])
    relation = value if value.startswith("<") else f"= {value}"
    return (
        f"All effects before {start} are zero: F({int(row['pretrend_df'])}, "
        f"{int(row['pretrend_df_denominator'])}) = {row['pretrend_statistic']:.2f}, p {relation}"
    )
