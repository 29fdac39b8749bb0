"""What the results of a study are made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from oib_pipeline.registry import Registry


@dataclass(frozen=True)
class StudyData:
    """A study's panel, and what another panel of it is built from where a rule is varied.

    Attributes
    ----------
    panel
        Rows of ``core_study_panel`` of the study; a control counts when its column is filled.
    read_indices
        Gives ``indices`` when a result first asks for them: most never do.
    registry
        Cities, samples, policies and borders.
    """

    panel: pd.DataFrame
    read_indices: Callable[[], pd.DataFrame]
    registry: Registry

    @cached_property
    def indices(self) -> pd.DataFrame:
        """Rows of ``core_indices`` of the study's order of sources and scope."""
        return self.read_indices()
