"""Descriptive, baseline, dynamic, event study, regional."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oib_pipeline.analysis.inference import stacked
from oib_pipeline.analysis.models import (
    KEYS,
    Model,
    Result,
    StudyData,
    absent,
    controls_of,
    empty,
    headline,
    numbered,
    policy_start,
    result,
)
from oib_pipeline.contract.counting import plural
from oib_pipeline.study import Study

if TYPE_CHECKING:
    import pandas as pd


def compute_descriptive(study: Study, data: StudyData) -> Result:
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


FIRST = 1
UNFLAGGED = "{model}, without flagged values"


def compute_baseline(study: Study, data: StudyData) -> Result:
    """Rows of ``est_baseline``, and the headline models again without flagged values."""
    panel = data.panel
    models = numbered(study, panel, FIRST)
    fits = [_fit(study, panel, model, model.name) for model in models]
    terms = [(m.name, m.outcome, term) for m in models for term in ("did", *m.controls)]
    again = [_unflagged(study, panel, model) for model in headline(study, panel)]
    made = [empty("est_unflagged"), *(rows for rows in again if rows is not None)]
    return result(study.name, fits, terms, {"est_unflagged": stacked(made)})


def _unflagged(study: Study, panel: pd.DataFrame, model: Model) -> pd.DataFrame | None:
    """A model without the city-years that rest on a flagged value; None where it uses none."""
    names = [model.outcome, *model.controls]
    marks = [f"{name}_doubts" for name in names if f"{name}_doubts" in panel]
    flagged = panel[marks].fillna("").ne("").any(axis=1)
    if not (flagged & panel[names].notna().all(axis=1)).any():
        return None
    name = UNFLAGGED.format(model=model.name)
    try:
        return _fit(study, panel[~flagged], model, name).assign(note="")
    except ValueError as error:
        return absent(name, model.outcome, error)


def _fit(study: Study, panel: pd.DataFrame, model: Model, name: str) -> pd.DataFrame:
    from oib_pipeline.estimation import twfe

    made = twfe(
        panel,
        outcome=model.outcome,
        treatment="did",
        controls=model.controls,
        cluster=study.cluster,
        **KEYS,
    )
    return made.to_frame(name)


def compute_dynamic(study: Study, data: StudyData) -> Result:
    """Rows of ``est_dynamic``; numbered on from the baseline."""
    from oib_pipeline.estimation import dynamic_effects

    panel = data.panel
    years = [year for year in study.year_list if year >= policy_start(panel)]
    models = numbered(study, panel, first=1 + len(numbered(study, panel, first=1)))
    fits = [
        dynamic_effects(
            panel,
            outcome=model.outcome,
            treated="treated",
            treatment="did",
            years=years,
            unit="city_code",
            time="year",
            controls=model.controls,
            cluster=study.cluster,
        ).to_frame(model.name)
        for model in models
    ]
    shown = [f"year={year}" for year in years]
    terms = [(m.name, m.outcome, term) for m in models for term in (*shown, *m.controls)]
    return result(study.name, fits, terms)


MODEL = "event study"
REFERENCE = -1


def compute_event_study(study: Study, data: StudyData) -> Result:
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


REGIONS = ("East", "Central", "West", "Northeast")


def compute_regional(study: Study, data: StudyData) -> Result:
    """Rows of ``est_regional``; ``model`` is the region.

    A region without an estimate keeps its row with the reason; few treated cities make the
    permutation p-values, redrawn within the region, the ones to go by.
    """
    models = headline(study, data.panel)
    tables = [_table(study, data.panel, model) for model in models]
    expected = [
        (str(region), outcome, term)
        for table in tables
        for region, outcome, term in table[["model", "outcome", "term"]].itertuples(index=False)
    ]
    return result(study.name, tables, expected)


def _table(study: Study, panel: pd.DataFrame, model: Model) -> pd.DataFrame:
    from oib_pipeline.estimation import by_group

    there = [region for region in REGIONS if region in set(panel["region"])]
    try:
        found = by_group(
            panel,
            group="region",
            outcome=model.outcome,
            treatment="did",
            controls=model.controls,
            cluster=study.cluster,
            draws=study.placebo.draws,
            seed=study.placebo.seed,
            **KEYS,
        )
    except ValueError as error:
        first = panel.drop_duplicates("city_code")
        treated = first.groupby("region")["treated"]
        counts = pd.DataFrame(
            {
                "n_treated": treated.sum(),
                "n_control": (1 - first["treated"]).groupby(first["region"]).sum(),
            }
        )
        return pd.concat(
            absent(region, model.outcome, error, group=region, **counts.loc[region])
            for region in there
        )
    frame = found.to_frame()
    order = frame["group"].map({region: place for place, region in enumerate(there)})
    return frame.assign(model=frame["group"].astype(str)).loc[
        order.sort_values(kind="stable").index
    ]
