"""Each fitted model: its function, what it regresses on what, and where its rows are kept."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.labels import short
from oib_pipeline.report.numbers import whole
from oib_pipeline.report.origins import FUNCTIONS, Origin, origins

CONTROLS = "controls"
TITLES = {
    "baseline": "Baseline",
    "unflagged": "Baseline without flagged values",
    "event_study": "Event study",
    "dynamic": "Effects in each policy year",
    "psm_did": "Matched samples",
    "regional": "By region",
    "placebo": "Placebo",
    "inference": "Ledger of errors",
    "robustness": "Specification curve",
}
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
        title = (
            f"{TITLES.get(result, result)}: oib_pipeline.estimation.{FUNCTIONS[result]}, kept in "
            f"est.est_{result}"
        )
        rows.append(Row((Cell(title),), "group", rule=bool(rows)))
        rows += [_row(origin, inputs) for origin in found if origin.result == result]
    names = ("Model", "Outcome", "Right-hand side", "City-years")
    return Table(
        name="specifications-table",
        title="The models behind the estimates",
        align="llpr",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=(_named(inputs), NOTE),
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
            Cell(_terms(origin, inputs)),
            Cell(whole(first.get("n_obs", float("nan")))),
        )
    )


def _named(inputs: ReportInputs) -> str:
    """The controls by their columns, once for all models."""
    if not inputs.controls:
        return f"did: the treatment, 1 in a {inputs.called.one} from the policy on."
    return (
        f"did: the treatment, 1 in a {inputs.called.one} from the policy on; {CONTROLS}: "
        f"{' + '.join(inputs.controls)}."
    )


def _terms(origin: Origin, inputs: ReportInputs) -> str:
    """The regressors by their columns; years, and all controls of the study, as one."""
    terms = [str(term) for term in dict.fromkeys(origin.rows["term"])]
    years = [term for term in terms if "=" in term or term.startswith("treated_x_")]
    held = inputs.controls if inputs.controls and set(inputs.controls) <= set(terms) else []
    rest = [term for term in terms if term not in years and term not in held]
    many = [f"treated × {len(years)} years"] if years else []
    return " + ".join([*many, *rest, *([CONTROLS] if held else [])])
