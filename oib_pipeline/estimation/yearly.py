"""A panel of treated and other units, and its fit with an effect a year."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from oib_pipeline.estimation.columns import column_names, group_values, zero_one
from oib_pipeline.estimation.door import read_panel
from oib_pipeline.estimation.event_result import EventStudy
from oib_pipeline.estimation.fits import fit
from oib_pipeline.estimation.joint import sup_t, wald_test
from oib_pipeline.estimation.panel import Panel
from oib_pipeline.estimation.results import fit_fields


def treated_panel(
    data: pd.DataFrame,
    outcome: str,
    treated: str,
    unit: str,
    time: str,
    controls: Sequence[str],
    cluster: str | None,
    treatment: str | None = None,
) -> Panel:
    """Return the panel, refused unless both kinds of unit are there and none changes its kind."""
    panel = read_panel(
        data,
        outcome=outcome,
        regressors=column_names(controls, "controls"),
        unit=unit,
        time=time,
        cluster=cluster,
        extra=(treated, treatment) if treatment else (treated,),
    )
    mark = zero_one(panel.column(treated), treated, "treated")
    group_values(panel.column(treated), panel.unit, panel.n_units, treated, "unit")
    if mark.all() or not mark.any():
        which = "untreated" if mark.all() else "treated"
        raise ValueError(f"column {treated!r} (treated): no {which} unit")
    return panel


def whole_years(panel: Panel) -> list[int]:
    """Return the panel's times in order, refused unless they are whole numbers."""
    times = panel.times.to_numpy()
    if times.dtype.kind not in "iuf" or not np.array_equal(times, np.floor(times)):
        raise ValueError(
            f"column {panel.time_name!r} (time) must hold whole years, not {panel.times.dtype}"
        )
    return [int(year) for year in times]


def by_year(
    panel: Panel,
    treated: str,
    years: list[int],
    names: list[str],
    start: int,
    base: str,
    reference: int | None,
    level: float,
) -> EventStudy:
    """Return the fit of treated x each year and the panel's controls."""
    year = panel.times.to_numpy()[panel.time]
    effects = np.where(year == np.array(years)[:, None], panel.column(treated), 0.0)
    controls = panel.arrays[1 : 1 + panel.n_regressors]
    clash = sorted(set(names) & set(panel.regressors))
    if clash:
        raise ValueError(f"column {clash[0]!r} (control) has the name of an effect; rename it")
    full = panel.with_regressors([*names, *panel.regressors], np.vstack([effects, controls]))
    fitted = fit(full)
    q = len(years)
    covariance = fitted.covariance[:q, :q]
    before = [position for position, year in enumerate(years) if year < start]
    pretrend = wald_test(
        fitted.coefficients[before], covariance[np.ix_(before, before)], panel.n_clusters
    )
    return EventStudy(
        term=next(name for name, year in zip(names, years, strict=True) if year >= start),
        level=level,
        years=tuple(years),
        event_times=tuple(year - start for year in years),
        base=base,
        reference=reference,
        critical=sup_t(covariance, panel.n_clusters - 1, level),
        pretrend=pretrend,
        **fit_fields(fitted),
    )
