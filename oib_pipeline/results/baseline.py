"""The baseline: did on each outcome, without and with controls."""

from __future__ import annotations

from oib_pipeline.results.data import StudyData
from oib_pipeline.results.models import numbered
from oib_pipeline.results.result import Result, result
from oib_pipeline.study import Study

FIRST = 1


def compute(study: Study, data: StudyData) -> Result:
    """Rows of ``est_baseline``."""
    from oib_pipeline.estimation import twfe

    panel = data.panel
    models = numbered(study, panel, FIRST)
    fits = [
        twfe(
            panel,
            outcome=model.outcome,
            treatment="did",
            unit="city_code",
            time="year",
            controls=model.controls,
            cluster=study.cluster,
        ).to_frame(model.name)
        for model in models
    ]
    terms = [(m.name, m.outcome, term) for m in models for term in ("did", *m.controls)]
    return result(study.name, fits, terms)
