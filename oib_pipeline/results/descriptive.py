"""Descriptive statistics of a study's panel, with how many values are missing or repaired."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.contract.counting import plural
from oib_pipeline.results.data import StudyData
from oib_pipeline.results.models import controls_of
from oib_pipeline.results.result import Result
from oib_pipeline.study import Study


def compute(study: Study, data: StudyData) -> Result:
    """Rows of ``est_descriptive``: one for each outcome and control, in the study's order."""
    panel = data.panel
    names = [*study.outcomes, *controls_of(study, panel)]
    values = panel[names]
    repaired = {name: int((panel[f"{name}_flag"].fillna("") != "").sum()) for name in names}
    frame = pd.DataFrame(
        {
            "study": study.name,
            "variable": names,
            "n": values.count().to_numpy(),
            "mean": values.mean().to_numpy(),
            "sd": values.std(ddof=1).to_numpy(),
            "min": values.min().to_numpy(),
            "max": values.max().to_numpy(),
            "missing": values.isna().sum().to_numpy(),
            "repaired": list(repaired.values()),
        }
    )
    said = f"{plural(len(names), 'variable')}, {plural(sum(repaired.values()), 'value')} repaired"
    return Result(frame, frame[["variable"]], said)
