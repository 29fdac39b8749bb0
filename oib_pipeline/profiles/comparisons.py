"""A city's outcomes beside its region's, its matches' and, for a pilot, its synthetic control's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from oib_pipeline.estimation import SyntheticControl, synthetic_control, synthetic_placebos
from oib_pipeline.profiles.inputs import ProfileInputs
from oib_pipeline.report.matches import pairs


@dataclass(frozen=True)
class Comparison:
    """One outcome of one city and its counterparts, each a series by year (None where none)."""

    outcome: str
    own: pd.Series = field(repr=False)
    region: pd.Series = field(repr=False)
    matched: pd.Series | None = field(default=None, repr=False)
    pilots: pd.Series | None = field(default=None, repr=False)
    synthetic: SyntheticControl | None = field(default=None, repr=False)
    reason: str = ""
    as_large: int = 0
    of: int = 0


class Comparisons:
    """Comparisons of a study's cities; what they share is computed once."""

    def __init__(self, inputs: ProfileInputs) -> None:
        self.inputs = inputs
        self.panel = inputs.report.panel

    @cached_property
    def cities(self) -> pd.DataFrame:
        """City, region and treated of each city of the panel, by code."""
        columns = ["city_code", "city", "province", "region", "treated"]
        return self.panel[columns].drop_duplicates("city_code").set_index("city_code")

    @cached_property
    def matches(self) -> dict[str, pd.DataFrame]:
        """Pilots with their nearest neighbours, by outcome."""
        study, scores = self.inputs.report.study, self.inputs.report.frame("scores")
        return {outcome: pairs(scores, study, outcome) for outcome in study.outcomes}

    @cached_property
    def _wide(self) -> dict[str, pd.DataFrame]:
        outcomes = self.inputs.report.study.outcomes
        return {
            name: self.panel.pivot_table(
                index="year", columns="city_code", values=name, dropna=False
            )
            for name in outcomes
        }

    @cached_property
    def _placebos(self) -> dict[tuple[str, int], pd.DataFrame]:
        return {}

    def of(self, code: str, outcome: str) -> Comparison:
        """One city's outcome beside the others'."""
        wide = self._wide[outcome]
        here = self.cities.loc[code]
        others = self.cities.index.difference([code])
        near = others[self.cities.loc[others, "region"] == here["region"]]
        own = wide[code] if code in wide else pd.Series(np.nan, index=wide.index)
        known = {"outcome": outcome, "own": own, "region": self._mean(wide, near)}
        start = self.inputs.start(code)
        if start is None:
            pilots = self.cities.index[self.cities["treated"] == 1]
            return Comparison(**known, pilots=self._mean(wide, pilots))
        mine = self.matches[outcome].query("pilot == @code")
        matched = self._mean(wide, mine["control"]) if len(mine) else None
        return self._synthetic(code, start, Comparison(**known, matched=matched))

    def _synthetic(self, code: str, start: int, made: Comparison) -> Comparison:
        try:
            fit = synthetic_control(
                self.panel,
                outcome=made.outcome,
                unit="city_code",
                time="year",
                treated=code,
                start=start,
                donors=self._donors,
            )
        except ValueError as error:
            return replace(made, reason=str(error))
        others = self._shared_placebos(made.outcome, start)
        large = int((others["effect"].abs() >= abs(fit.effect)).sum())
        return replace(made, synthetic=fit, as_large=large, of=len(others))

    @cached_property
    def _donors(self) -> Sequence[str]:
        return sorted(self.cities.index[self.cities["treated"] == 0])

    def _shared_placebos(self, outcome: str, start: int) -> pd.DataFrame:
        key = (outcome, start)
        if key not in self._placebos:
            self._placebos[key] = synthetic_placebos(
                self.panel,
                outcome=outcome,
                unit="city_code",
                time="year",
                start=start,
                donors=self._donors,
            )
        return self._placebos[key]

    @staticmethod
    def _mean(wide: pd.DataFrame, codes: pd.Index | pd.Series) -> pd.Series:
        return wide[[code for code in codes if code in wide]].mean(axis=1)
