"""What city profiles are made from: the report's inputs, the indices, and notes on cities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from oib_pipeline.registry.case_notes import CaseNote
from oib_pipeline.report.inputs import ReportInputs


@dataclass(frozen=True)
class ProfileInputs:
    """Everything a profile reads.

    Parameters
    ----------
    report
        Inputs of the study's report; ``sources`` are whole rows of ``core_sources``.
    indices
        ``core_indices`` of the sample, scope and years.
    notes
        What has been written about single cities.
    """

    report: ReportInputs
    indices: pd.DataFrame
    notes: tuple[CaseNote, ...] = ()

    @property
    def cities(self) -> list[str]:
        """Codes of the study's sample, sorted."""
        return self.report.registry.sample(self.report.study.sample)

    @property
    def names(self) -> list[str]:
        """Outcomes, and controls that the study kept."""
        return [*self.report.study.outcomes, *self.report.controls]

    def known(self, code: str) -> dict[str, Any]:
        """The registry's row of a city."""
        cities = self.report.registry.cities
        return dict(cities[cities["city_code"] == code].iloc[0])

    def start(self, code: str) -> int | None:
        """First year of the study's policy in a city; None where it is no pilot."""
        policy = self.report.registry.policy(self.report.study.policy)
        own = policy.loc[policy["city_code"] == code, "start_year"]
        return None if own.empty else int(own.iloc[0])
