"""The actual estimates and where they lie among redrawn ones."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.called import Called
from oib_pipeline.report.labels import TREATED_CITY, short
from oib_pipeline.report.numbers import fixed, number, p_value, whole
from oib_pipeline.report.tables.drawn import draws_note


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
