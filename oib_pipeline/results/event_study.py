"""The event study of each outcome with the study's controls, against the year before the policy."""

from __future__ import annotations

from oib_pipeline.results.data import StudyData
from oib_pipeline.results.models import controls_of, policy_start
from oib_pipeline.results.result import Result, result
from oib_pipeline.study import Study

MODEL = "event study"
REFERENCE = -1


def compute(study: Study, data: StudyData) -> Result:
    """Rows of ``est_event_study``."""
    from oib_pipeline.estimation import event_study

    panel = data.panel
    controls, start = controls_of(study, panel), policy_start(panel)
    fits = [
        event_study(
            panel,
            outcome=outcome,
            treated="treated",
            treatment="did",
            start=start,
            unit="city_code",
            time="year",
            reference=REFERENCE,
            controls=controls,
            cluster=study.cluster,
        ).to_frame(MODEL)
        for outcome in study.outcomes
    ]
    times = [year - start for year in study.year_list if year - start != REFERENCE]
    terms = [*(f"event_time={time}" for time in times), *controls]
    expected = [(MODEL, outcome, term) for outcome in study.outcomes for term in terms]
    return result(study.name, fits, expected)
