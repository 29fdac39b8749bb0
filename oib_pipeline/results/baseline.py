"""The baseline: did on each outcome, without and with controls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oib_pipeline.results.data import StudyData
from oib_pipeline.results.models import KEYS, Model, headline, numbered
from oib_pipeline.results.placebo import stacked
from oib_pipeline.results.result import Result, absent, empty, result
from oib_pipeline.study import Study

if TYPE_CHECKING:
    import pandas as pd

FIRST = 1
UNFLAGGED = "{model}, without flagged values"


def compute(study: Study, data: StudyData) -> Result:
    """Rows of ``est_baseline``, and the headline models again without flagged values."""
    panel = data.panel
    models = numbered(study, panel, FIRST)
    fits = [_fit(study, panel, model, model.name) for model in models]
    terms = [(m.name, m.outcome, term) for m in models for term in ("did", *m.controls)]
    again = [_unflagged(study, panel, model) for model in headline(study, panel)]
    made = [empty("est_unflagged"), *(rows for rows in again if rows is not None)]
    return result(study.name, fits, terms, {"est_unflagged": stacked(made)})


def _unflagged(study: Study, panel: pd.DataFrame, model: Model) -> pd.DataFrame | None:
    """A model without the city-years that rest on a flagged value; None where it uses none."""
    names = [model.outcome, *model.controls]
    marks = [f"{name}_doubts" for name in names if f"{name}_doubts" in panel]
    flagged = panel[marks].fillna("").ne("").any(axis=1)
    if not (flagged & panel[names].notna().all(axis=1)).any():
        return None
    name = UNFLAGGED.format(model=model.name)
    try:
        return _fit(study, panel[~flagged], model, name).assign(note="")
    except ValueError as error:
        return absent(name, model.outcome, error)


def _fit(study: Study, panel: pd.DataFrame, model: Model, name: str) -> pd.DataFrame:
    from oib_pipeline.estimation import twfe

    made = twfe(
        panel,
        outcome=model.outcome,
        treatment="did",
        controls=model.controls,
        cluster=study.cluster,
        **KEYS,
    )
    return made.to_frame(name)
