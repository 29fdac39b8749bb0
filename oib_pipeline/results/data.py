"""What the results of a study are made from."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from oib_pipeline.registry import Registry


@dataclass(frozen=True)
class StudyData:
    """A study's panel, and what another panel of it is built from where a rule is varied.

    Attributes
    ----------
    panel
        Rows of ``core_study_panel`` of the study; a control counts when its column is filled.
    indices
        Rows of ``core_indices`` of the study's order of sources and scope.
    registry
        Cities, samples, policies and borders.
    """

    panel: pd.DataFrame
    indices: pd.DataFrame
    registry: Registry
