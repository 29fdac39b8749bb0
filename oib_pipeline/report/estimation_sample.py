"""The cities and city-years a model used, and the cities it lost, with what they lack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

LOST = ["city_code", "city", "treated", "lacking", "years", "n_complete"]


@dataclass(frozen=True)
class EstimationSample:
    """What one model was estimated on.

    Parameters
    ----------
    used
        Rows of the panel that the model used.
    lost
        A row for each city of the panel without any: city_code, city, treated, lacking (names of
        the variables that have gaps there), years (those in which a row is not complete),
        n_complete (city-years that are complete, a singleton's 1). Pilots first.
    gaps
        Rows of the panel that are not used though their city is.
    """

    used: pd.DataFrame
    lost: pd.DataFrame
    gaps: pd.DataFrame

    @property
    def n_obs(self) -> int:
        """City-years used."""
        return len(self.used)

    @property
    def n_cities(self) -> int:
        """Cities used."""
        return int(self.used["city_code"].nunique())

    @property
    def n_pilots(self) -> int:
        """Pilot cities used."""
        return int(self.used.loc[self.used["treated"] == 1, "city_code"].nunique())

    @property
    def n_others(self) -> int:
        """Other cities used."""
        return self.n_cities - self.n_pilots

    def fits(self, n_obs: float, n_clusters: float) -> bool:
        """Whether a model's own counts are these."""
        return (self.n_obs, self.n_cities) == (n_obs, n_clusters)


def estimation_sample(
    panel: pd.DataFrame, outcome: str, controls: Sequence[str] = ()
) -> EstimationSample:
    """Rows complete in the outcome and the controls, without singletons.

    A city, or a year, with a single complete row is fitted by its own effect alone and says
    nothing about the policy; such rows are taken out until there are none, as the estimators do.

    Parameters
    ----------
    panel
        ``core_study_panel`` of one study.
    """
    names = [outcome, *controls]
    complete = panel[names].notna().all(axis=1)
    keep = _without_singletons(panel, complete)
    staying = panel["city_code"].isin(panel.loc[keep, "city_code"])
    return EstimationSample(
        used=panel[keep],
        lost=_lost(panel[~staying], complete, names),
        gaps=panel[staying & ~keep],
    )


def _without_singletons(panel: pd.DataFrame, keep: pd.Series) -> pd.Series:
    while True:
        left = panel[keep]
        by_city, by_year = left["city_code"].value_counts(), left["year"].value_counts()
        lone = keep & (
            panel["city_code"].map(by_city).eq(1) | panel["year"].map(by_year).eq(1)
        )  # fmt: skip
        if not lone.any() or len(by_city) < 2 or len(by_year) < 2:
            return keep
        keep = keep & ~lone


def _lost(rows: pd.DataFrame, complete: pd.Series, names: list[str]) -> pd.DataFrame:
    found = [
        {
            "city_code": code,
            "city": part["city"].iloc[0],
            "treated": int(part["treated"].iloc[0]),
            "lacking": tuple(name for name in names if part[name].isna().any()),
            "years": tuple(sorted(part.loc[~complete[part.index], "year"])),
            "n_complete": int(complete[part.index].sum()),
        }
        for code, part in rows.groupby("city_code", sort=True)
    ]
    frame = pd.DataFrame(found, columns=LOST)
    return frame.sort_values("treated", ascending=False, kind="stable", ignore_index=True)
