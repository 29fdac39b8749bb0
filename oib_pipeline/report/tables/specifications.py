"""Each fitted model: its function, what it regresses on what, and where its rows are kept."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.document import Cell, Head, Row, Table
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.labels import short
from oib_pipeline.report.numbers import whole
from oib_pipeline.report.origins import FUNCTIONS, Origin, origins

NOTE = (
    "Every model has effects of cities and years and reads the columns named here, of the study’s "
    "rows of core_study_panel."
)


def specifications_table(inputs: ReportInputs) -> Table | None:
    """One row a model, those of one result together."""
    found = origins(inputs)
    if not found:
        return None
    rows: list[Row] = []
    for result in dict.fromkeys(origin.result for origin in found):
        title = f"{result.replace('_', ' ')}: oib_pipeline.estimation.{FUNCTIONS[result]}"
        rows.append(Row((Cell(title),), "group", rule=bool(rows)))
        rows += [_row(origin, inputs) for origin in found if origin.result == result]
    names = ("Model", "Outcome", "Right-hand side", "Rows used", "Kept in")
    return Table(
        name="specifications-table",
        title="The models behind the estimates",
        align="llprl",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=(NOTE,),
        data=pd.DataFrame(
            [
                {
                    "result": one.result,
                    "model": one.model,
                    "outcome": one.outcome,
                    "function": f"oib_pipeline.estimation.{FUNCTIONS[one.result]}",
                    "terms": " + ".join(dict.fromkeys(one.rows["term"].astype(str))),
                    "study_file": f"data/studies/{inputs.study.name}.yml",
                    "table": f"est.est_{one.result}",
                }
                for one in found
            ]
        ),
    )


def _row(origin: Origin, inputs: ReportInputs) -> Row:
    first = origin.rows.iloc[0]
    return Row(
        (
            Cell(origin.model, anchor=origin.anchor),
            Cell(short(origin.outcome)),
            Cell(_terms(origin)),
            Cell(whole(first.get("n_obs", float("nan")))),
            Cell(f"est_{origin.result}"),
        )
    )


def _terms(origin: Origin) -> str:
    """The regressors by their columns; years and event times as one."""
    terms = [str(term) for term in dict.fromkeys(origin.rows["term"])]
    years = [term for term in terms if "=" in term or term.startswith("treated_x_")]
    rest = [term for term in terms if term not in years]
    many = f"treated × {len(years)} years" if years else ""
    return " + ".join([*([many] if many else []), *rest])
