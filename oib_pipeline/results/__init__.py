"""The results of a study: which models are fitted on its panel, and the long tables they give.

``MADE`` names what can be made; nothing heavy is imported before `compute` is called.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from oib_pipeline.results.result import Result
    from oib_pipeline.study import Study

MADE = ("descriptive", "baseline", "event_study", "dynamic")

__all__ = ["MADE", "compute"]


def compute(name: str, study: Study, panel: pd.DataFrame) -> Result:
    """One result of a study.

    Parameters
    ----------
    name
        One of ``MADE``.
    panel
        Rows of ``core_study_panel`` of the study; a control counts when its column is filled.
    """
    return importlib.import_module(f"{__name__}.{name}").compute(study, panel)
