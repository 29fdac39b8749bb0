"""Descriptive, balance, variables, policy."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.contract.counting import noun
from oib_pipeline.report.document.blocks import Cell, Head, Row, Table
from oib_pipeline.report.document.format_numbers import decimals_for_spread, fixed, month, whole
from oib_pipeline.report.document.labels import TREATED_CITY, capital, label, method_words, short
from oib_pipeline.report.document.treated import Called
from oib_pipeline.report.inputs import ReportInputs

NUMBERS = (("mean", "Mean"), ("sd", "Std. dev."), ("min", "Min."), ("max", "Max."))
COUNTS = (("n", "N"), ("missing", "Missing"), ("repaired", "Repaired"))


def descriptive_table(frame: pd.DataFrame, *, notes: tuple[str, ...] = ()) -> Table:
    """Mean, spread and range of each variable, with how many values are missing or repaired."""
    head = (
        Head("Variable"),
        Head("Unit"),
        *(Head(text) for _, text in NUMBERS),
        *(Head(text) for name, text in COUNTS if name in frame),
    )
    return Table(
        name="descriptive",
        title="Descriptive statistics of the estimation sample",
        align="ll" + "r" * (len(head) - 2),
        head=(head,),
        rows=tuple(_descriptive_row(record) for record in frame.to_dict("records")),
        notes=(
            "Repaired counts values that a rule or a correction of the study changed or filled.",
            *notes,
        ),
        data=frame,
    )


def _descriptive_row(record: dict) -> Row:
    words = label(record["variable"])
    decimals = decimals_for_spread(record["sd"])
    return Row(
        (
            Cell(words.short),
            Cell(words.unit),
            *(Cell(fixed(record[name], decimals), value=record[name]) for name, _ in NUMBERS),
            *(
                Cell(whole(record[name]), value=record[name])
                for name, _ in COUNTS
                if name in record
            ),
        )
    )


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
        rows.append(_balance_row("Before matching", part.iloc[0], "before", places))
        rows += [
            _balance_row(f"After: {method_words(record['method'])}", record, "after", places)
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


def _balance_row(name: str, record: pd.Series, stage: str, places: int) -> Row:
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


def variables_table(inputs: ReportInputs) -> Table:
    """Outcomes, the treatment and the study's controls, those left out marked."""
    gone = set(inputs.study.controls) - set(inputs.controls)
    groups = (
        (noun(inputs.study.outcomes, "Outcome"), inputs.study.outcomes),
        ("Treatment", ["did"]),
        (noun(inputs.study.controls, "Control"), inputs.study.controls),
    )
    rows, data = [], []
    for title, names in groups:
        if names:
            rows.append(Row((Cell(title),), kind="group"))
        for name in names:
            words = label(name, inputs.called)
            mark = " (left out)" if name in gone else ""
            rows.append(
                Row(
                    (
                        Cell(words.short + mark),
                        Cell(words.label),
                        Cell(words.definition),
                        Cell(words.unit),
                    )
                )
            )
            data.append(
                {
                    "group": title,
                    "name": name,
                    "label": words.label,
                    "label_zh": words.label_zh,
                    "definition": words.definition,
                    "unit": words.unit,
                    "left_out": name in gone,
                }
            )
    return Table(
        name="variables",
        title="Meaning and measurement of the variables",
        align="lppl",
        head=(tuple(Head(text) for text in ("Variable", "Stands for", "Measured as", "Unit")),),
        rows=tuple(rows),
        data=pd.DataFrame(data),
    )


def policy_table(inputs: ReportInputs) -> Table:
    """Every document of the policy in order of time, with what it does."""
    documents = inputs.registry.documents_of(inputs.study.policy)
    on = inputs.study.words.policy
    used = set(inputs.registry.policy(inputs.study.policy)["document"])
    dated = noun(used, "document whose start", "documents whose starts")
    rows = [
        Row(
            (
                Cell(month(str(row.date))),
                Cell(str(row.title) + (" †" if row.document in used else "")),
                Cell(str(row.issuer)),
                Cell(str(row.what_it_does)),
            )
        )
        for row in documents.itertuples()
    ]
    return Table(
        name="policy-documents",
        title=f"Policy documents on {on}" if on else "The policy’s documents",
        align="lppp",
        head=(tuple(Head(text) for text in ("Date", "Document", "Issued by", "What it does")),),
        rows=tuple(rows),
        notes=(f"† The {dated} this study takes as the policy’s date.",),
        data=documents,
    )
