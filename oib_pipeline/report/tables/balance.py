"""Means of the covariates in the two groups before and after matching."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.called import Called
from oib_pipeline.report.labels import TREATED_CITY, short
from oib_pipeline.report.methods import method_words
from oib_pipeline.report.numbers import decimals_for_spread, fixed
from oib_pipeline.report.text import capital


def balance_table(
    balance: pd.DataFrame,
    *,
    outcome: str = "",
    called: Called = TREATED_CITY,
    notes: tuple[str, ...] = (),
) -> Table:
    """Rows by covariate: before matching, then after each method.

    ``outcome`` is named where the cities matched differ between outcomes.
    """
    rows: list[Row] = []
    for name, part in balance.groupby("covariate", sort=False):
        rows.append(Row((Cell(short(str(name))),), "group"))
        gap = (part["mean_treated_before"] - part["mean_control_before"]).abs().iloc[0]
        size = max(gap, 0.05 * abs(part["mean_treated_before"].iloc[0]))
        places = decimals_for_spread(size)
        rows.append(_row("Before matching", part.iloc[0], "before", places))
        rows += [
            _row(f"After: {method_words(record['method'])}", record, "after", places)
            for _, record in part.iterrows()
        ]
    names = ("", called.many, "Others", "Std. difference", "Variance ratio")
    return Table(
        name=f"balance-{outcome}" if outcome else "balance",
        title="Balance before and after matching"
        + (f", cities with {short(outcome)}" if outcome else ""),
        align="lrrrr",
        head=(tuple(Head(capital(name)) for name in names),),
        rows=tuple(rows),
        notes=(
            "The standardised difference is over the pooled standard deviation before matching.",
            f"The variance ratio is that of {called.many} over that of others.",
            *notes,
        ),
        data=balance,
    )


def _row(name: str, record: pd.Series, stage: str, places: int) -> Row:
    return Row(
        (
            Cell(name),
            *(
                Cell(fixed(record[f"{column}_{stage}"], digits), value=record[f"{column}_{stage}"])
                for column, digits in (
                    ("mean_treated", places),
                    ("mean_control", places),
                    ("std_diff", 3),
                    ("variance_ratio", 2),
                )
            ),
        )
    )
