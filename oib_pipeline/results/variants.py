"""The panels a specification curve needs: the study's under other rules, with marks on cities."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.results.choices import gap_rules, outlier_rules
from oib_pipeline.results.data import StudyData
from oib_pipeline.study import Study

EMPLOYMENT = ["primary_employment_share", "secondary_employment_share", "tertiary_employment_share"]
# Workers do not change sector by a tenth in a year; another count of them does that.
JUMP = 0.1


def variants(study: Study, data: StudyData) -> dict[tuple[str, str], pd.DataFrame]:
    """Panels by rule for outliers and for gaps, the study's own first; equal ones are left out."""
    from oib_pipeline.panel import build_study_panel

    jumps = employment_jumps(study, data)
    found: dict[tuple[str, str], pd.DataFrame] = {}
    for gaps_name, gaps in gap_rules(study).items():
        for outliers_name, outliers in outlier_rules(study).items():
            if not found:
                frame = data.panel
            else:
                changed = study.model_copy(update={"outliers": outliers, "gaps": gaps})
                frame = build_study_panel(changed, data.indices, data.registry).frame
            marked = frame.assign(employment_jump=frame["city_code"].isin(jumps).astype("int64"))
            if not any(_same(marked, other, study) for other in found.values()):
                found[outliers_name, gaps_name] = marked
    return found


def employment_jumps(study: Study, data: StudyData) -> set[str]:
    """Cities with a share of employment that moves by more than ``JUMP`` in a year of the study.

    Such a move is another count of workers in the source, and Theil moves with it. The cities are
    told by the input alone, never by an outcome.
    """
    rows = data.indices[data.indices["year"].isin(study.year_list)]
    rows = rows.sort_values(["city_code", "year"])
    cities = rows.groupby("city_code")
    moved = cities[EMPLOYMENT].diff().abs().max(axis=1)
    return set(rows.loc[(moved > JUMP) & (cities["year"].diff() == 1), "city_code"])


def _same(one: pd.DataFrame, other: pd.DataFrame, study: Study) -> bool:
    names = [name for name in (*study.outcomes, *study.controls) if name in one and name in other]
    return one[names].reset_index(drop=True).equals(other[names].reset_index(drop=True))
