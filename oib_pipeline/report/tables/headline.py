"""The headline of each outcome in numbers."""

from __future__ import annotations

from oib_pipeline.contract.counting import noun
from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.checks import permutation_p
from oib_pipeline.report.headline import Headline
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.numbers import decimals_for, fixed, interval, p_value


def headline_table(found: list[Headline], inputs: ReportInputs) -> Table:
    """One row an outcome: estimate, error, interval, both p-values, size in deviations."""
    rows = []
    for head in found:
        places = decimals_for(head.se, head.estimate)
        rows.append(
            Row(
                (
                    Cell(head.words.short),
                    Cell(fixed(head.estimate, places), value=head.estimate),
                    Cell(fixed(head.se, places), value=head.se),
                    Cell(interval(head.ci_low, head.ci_high, places)),
                    Cell(p_value(head.p), value=head.p),
                    Cell(p_value(permutation_p(head, inputs) or float("nan"))),
                    Cell(fixed(head.in_sd, 2), value=head.in_sd),
                )
            )
        )
    names = ("Outcome", "Estimate", "Std. error", "95% interval", "p", "Permutation p", "In s.d.")
    data = inputs.frame("baseline").merge(
        _keys(found), on=["outcome", "model", "term"], how="inner"
    )
    return Table(
        name="headline",
        title=f"The headline {noun(found, 'estimate')}",
        align="lrrrrrr",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=(
            f"Two-way fixed effects {_with(found, inputs)}; {_others(inputs)} in [[baseline]].",
            (
                f"Permutation p: which cities are {inputs.called.being} drawn at random, compared "
                "by t. In s.d.: the estimate over the outcome’s standard deviation."
            ),
        ),
        data=data,
    )


def _with(found: list[Headline], inputs: ReportInputs) -> str:
    if all(head.with_controls for head in found):
        return f"with the study’s {noun(inputs.controls, 'control')}"
    if not any(head.with_controls for head in found):
        return "without controls"
    return "with controls where a model has them"


def _others(inputs: ReportInputs) -> str:
    models = inputs.frame("baseline")[["outcome", "model"]].drop_duplicates()
    return "the model is" if len(models) == 1 else "all models are"


def _keys(found: list[Headline]) -> object:
    import pandas as pd

    return pd.DataFrame(
        [{"outcome": head.outcome, "model": head.model, "term": "did"} for head in found]
    )
