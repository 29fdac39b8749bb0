"""What a specification curve varies: the options of each choice, the study's own first."""

from __future__ import annotations

from typing import Any

import pandas as pd

from oib_pipeline.results.models import controls_of, policy_start
from oib_pipeline.study import Gaps, Outliers, Study

Options = dict[str, dict[str, Any]]
# Rules of other studies in this field; a study's own comes first and is not said twice.
OUTLIERS = (
    Outliers(method="none"),
    Outliers(method="winsorise", lower=0.01, upper=0.99),
    Outliers(method="winsorise", lower=0.05, upper=0.95),
)
GAPS = (Gaps(method="linear"), Gaps(method="none"))
WITHOUT = {
    "capital": "without capitals",
    "demonstration": "without demonstration areas",
    "border_change": "without border changes",
    "employment_jump": "without employment jumps",
}
CONTROLLED = "demonstration areas controlled"


def outlier_rules(study: Study) -> dict[str, Outliers]:
    """Rules for outliers by what they are called."""
    return {_outliers(rule): rule for rule in (study.outliers, *OUTLIERS)}


def gap_rules(study: Study) -> dict[str, Gaps]:
    """Rules for gaps by what they are called."""
    return {_gaps(rule): rule for rule in (study.gaps, *GAPS)}


def control_sets(study: Study, panel: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """All controls, none, and all but each."""
    controls = controls_of(study, panel)
    sets: dict[str, tuple[str, ...]] = {"all": controls} if controls else {}
    sets["none"] = ()
    if len(controls) > 1:
        sets |= {f"all but {one}": tuple(c for c in controls if c != one) for one in controls}
    return sets


def windows(study: Study, panel: pd.DataFrame) -> dict[str, dict[str, int]]:
    """The study's years, then fewer years before and fewer after, two before and one after left."""
    years, start = study.year_list, policy_start(panel)
    first, last = years[0], years[-1]
    before = [year for year in years[1:3] if sum(year <= y < start for y in years) >= 2]
    after = [year for year in reversed(years[-3:-1]) if year >= start]
    spans = [(first, last), *((year, last) for year in before), *((first, year) for year in after)]
    return {f"{low}–{high}": {"first": low, "last": high} for low, high in spans}


def cities(panel: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """All cities, then without some; an option that leaves out nobody is none."""
    found: dict[str, dict[str, Any]] = {"all": {}}
    marked = panel.groupby("city_code")[list(WITHOUT)].max() == 1
    found |= {
        words: {"without_units": (name,)} for name, words in WITHOUT.items() if marked[name].any()
    }
    if marked["demonstration"].any():
        found[CONTROLLED] = {"also": ("demonstration",)}
    return found


def time_effects(panel: pd.DataFrame) -> dict[str, str | None]:
    """Year effects for all cities, or for each region its own."""
    many = len(set(panel["region"])) > 1
    return {"year": None, **({"region by year": "region"} if many else {})}


def _outliers(rule: Outliers) -> str:
    if rule.method == "none":
        return "as they are"
    by = "year" if rule.by == "year" else "all years"
    return f"winsorised {100 * rule.lower:g}–{100 * rule.upper:g} % by {by}"


def _gaps(rule: Gaps) -> str:
    if rule.method == "none":
        return "left open"
    across = ", also across the policy" if rule.across_policy_date else ""
    return f"filled up to {rule.limit} years{across}"
