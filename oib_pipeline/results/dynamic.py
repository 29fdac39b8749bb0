"""Dynamic effects: each policy year against the mean before."""

from __future__ import annotations

from oib_pipeline.results.data import StudyData
from oib_pipeline.results.models import numbered, policy_start
from oib_pipeline.results.result import Result, result
from oib_pipeline.study import Study


def compute(study: Study, data: StudyData) -> Result:
    """Rows of ``est_dynamic``; numbered on from the baseline."""
    from oib_pipeline.estimation import dynamic_effects

    panel = data.panel
    years = [year for year in study.year_list if year >= policy_start(panel)]
    models = numbered(study, panel, first=1 + len(numbered(study, panel, first=1)))
    fits = [
        dynamic_effects(
            panel,
            outcome=model.outcome,
            treated="treated",
            treatment="did",
            years=years,
            unit="city_code",
            time="year",
            controls=model.controls,
            cluster=study.cluster,
        ).to_frame(model.name)
        for model in models
    ]
    shown = [f"year={year}" for year in years]
    terms = [(m.name, m.outcome, term) for m in models for term in (*shown, *m.controls)]
    return result(study.name, fits, terms)
