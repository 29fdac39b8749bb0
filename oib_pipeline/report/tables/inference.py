"""Inference methods, placebo, checks."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from oib_pipeline.report.document.blocks import Cell, Head, Row, Table
from oib_pipeline.report.document.format_numbers import (
    decimals_for,
    fixed,
    interval,
    number,
    p_value,
    whole,
)
from oib_pipeline.report.document.labels import (
    TREATED_CITY,
    convention_words,
    inference_words,
    short,
)
from oib_pipeline.report.document.treated import Called
from oib_pipeline.report.tables.columns import draws_note
from oib_pipeline.report.text.conclusion import RULES, Check
from oib_pipeline.report.text.headline import Headline


def inference_table(frame: pd.DataFrame, *, notes: tuple[str, ...] = ()) -> Table:
    """Rows by outcome and method: standard error, t, p, interval and what the method is."""
    column = "method" if "method" in frame else "model"
    rows: list[Row] = []
    for outcome, part in frame.groupby("outcome", sort=False):
        places = decimals_for(part["estimate"].iloc[0])
        title = f"{short(str(outcome))}: estimate {fixed(part['estimate'].iloc[0], places)}"
        rows.append(Row((Cell(title),), "group", rule=bool(rows)))
        rows += [_row(record, column) for record in part.to_dict("records")]
    names = ("Method", "Std. error", "t", "p", "95% interval", "How")
    return Table(
        name="inference",
        title="One estimate, judged in several ways",
        align="lrrrrp",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=("A dash stands where a method gives no such number.", *notes),
        data=frame,
    )


def _row(record: dict, column: str) -> Row:
    places = decimals_for(record["se"], least=4)
    return Row(
        (
            Cell(inference_words(str(record[column]))),
            _cell(record["se"], fixed(record["se"], places)),
            _cell(record["t"], fixed(record["t"], 2)),
            _cell(record["p"], p_value(record["p"])),
            _cell(record["ci_low"], interval(record["ci_low"], record["ci_high"]), False),
            Cell(convention_words(str(record["convention"]))),
        )
    )


def _cell(value: float, text: str, keep: bool = True) -> Cell:
    if pd.isna(value):
        return Cell("\u2014")
    return Cell(text, value=value if keep else None)


def placebo_table(
    frame: pd.DataFrame,
    draws: pd.DataFrame,
    *,
    called: Called = TREATED_CITY,
    notes: tuple[str, ...] = (),
) -> Table:
    """One row an outcome: estimate, t, mean and spread of the draws, permutation p-values."""
    rows = []
    for record in frame.to_dict("records"):
        own = draws[draws["outcome"] == record["outcome"]] if len(draws) else draws
        drawn = own["coefficient"] if len(own) else pd.Series(dtype=float)
        rows.append(
            Row(
                (
                    Cell(short(record["outcome"])),
                    Cell(number(record["estimate"]), value=record["estimate"]),
                    Cell(fixed(record["t"], 2), value=record["t"]),
                    Cell(p_value(record["p_t"]), value=record["p_t"]),
                    Cell(p_value(record["p_coefficient"]), value=record["p_coefficient"]),
                    Cell(number(drawn.mean()), value=drawn.mean()),
                    Cell(number(drawn.std()), value=drawn.std()),
                    Cell(whole(record["draws"]), value=record["draws"]),
                )
            )
        )
    names = (
        "Outcome", "Actual estimate", "Actual t", "p by t", "p by estimate",
        "Mean of draws", "Std. dev. of draws", "Draws",
    )  # fmt: skip
    return Table(
        name="placebo",
        title=f"Placebo: {called.many} drawn at random",
        align="lrrrrrrr",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=(
            "p counts draws at least as far from zero as the actual one, itself included.",
            *draws_note(frame),
            *notes,
        ),
        data=frame,
    )


def checks_table(made: Sequence[tuple[Headline, Sequence[Check]]]) -> Table:
    """Rows by outcome and check; each leads to where it is shown."""
    rows: list[Row] = []
    kinds = {check.kind for _, found in made for check in found}
    for head, found in made:
        rows.append(Row((Cell(head.words.short),), "group", rule=bool(rows)))
        rows += [
            Row(
                (
                    Cell(check.what, link=f"#{check.where}"),
                    Cell("yes" if check.agrees else "no"),
                    Cell(check.found),
                )
            )
            for check in found
        ]
    return Table(
        name="checks-summary",
        title="The checks of the headline",
        align="plp",
        head=(tuple(Head(name) for name in ("Check", "Agrees", "What came out")),),
        rows=tuple(rows),
        notes=tuple(rule for kind, rule in RULES.items() if kind in kinds),
        data=pd.DataFrame(
            [
                {
                    "outcome": head.outcome,
                    "check": check.what,
                    "found": check.found,
                    "agrees": check.agrees,
                }
                for head, found in made
                for check in found
            ]
        ),
    )
