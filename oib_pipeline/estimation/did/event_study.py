"""Event study and dynamic effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from oib_pipeline.estimation.data.columns import (
    column_names,
    group_values,
    whole_number,
    whole_numbers,
    zero_one,
)
from oib_pipeline.estimation.data.panel import Panel, panel_from_frame
from oib_pipeline.estimation.data.treatment import hold_years
from oib_pipeline.estimation.inference.joint import NOT_TESTED, WaldTest, sup_t, wald_test
from oib_pipeline.estimation.regression.fit import fit
from oib_pipeline.estimation.regression.results import Estimate, fit_fields, long_table


@dataclass(frozen=True, eq=False)
class EventStudy(Estimate):
    """Effects of treatment in each year against ``base``, which two such models may not share.

    The first ``len(years)`` terms are the effects, in time order; ``event_times`` is their year
    minus the start. ``critical`` is the sup-t value of the joint band over all of them.
    ``pretrend`` tests that all effects before the start are zero (NaN where there is none).
    ``term`` is the effect in the first treated year.
    """

    years: tuple[int, ...] = ()
    event_times: tuple[int, ...] = ()
    base: str = ""
    reference: int | None = None
    critical: float = field(default=np.nan, repr=False)
    pretrend: WaldTest = NOT_TESTED

    def to_frame(self, model: str | None = None) -> pd.DataFrame:
        """Return the long table with the years and joint statements beside it.

        Further columns: event_time, year (missing for controls), joint_low, joint_high, base,
        pretrend_statistic, pretrend_df, pretrend_df_denominator, pretrend_p.
        """
        table = long_table(self, model)
        n_rest = len(table) - len(self.years)
        half = self.critical * self.standard_errors
        half[len(self.years) :] = np.nan
        table["event_time"] = pd.array([*self.event_times, *[pd.NA] * n_rest], dtype="Int64")
        table["year"] = pd.array([*self.years, *[pd.NA] * n_rest], dtype="Int64")
        table["joint_low"] = self.coefficients - half
        table["joint_high"] = self.coefficients + half
        table["base"] = self.base
        table["pretrend_statistic"] = self.pretrend.statistic
        table["pretrend_df"] = self.pretrend.df
        table["pretrend_df_denominator"] = self.pretrend.df_denominator
        table["pretrend_p"] = self.pretrend.p
        return table


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
    panel = panel_from_frame(
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


def event_study(
    data: pd.DataFrame,
    *,
    outcome: str,
    treated: str,
    start: int,
    unit: str,
    time: str,
    reference: int = -1,
    controls: Sequence[str] = (),
    cluster: str | None = None,
    level: float = 0.95,
    treatment: str | None = None,
) -> EventStudy:
    """Return the effect of treatment in each year relative to the reference year.

    y_it = sum_{e != reference} beta_e treated_i 1[t - start = e] + x_it'delta + alpha_i + lambda_t
    + e_it, clustered as in :func:`twfe`, with pointwise intervals, sup-t bands over all beta_e
    and an F test that every beta_e with e < 0 is zero.

    Parameters
    ----------
    treated : str
        0/1 column that does not vary within a unit.
    start : int
        First treated year.
    reference : int
        Event time left out, negative; -1 is the year before the start.
    treatment : str, optional
        Column of the treatment itself, not zero where a unit is treated at that time. Who is
        treated and ``start`` cannot show that all treated units start there; with this column it
        is held, and data in which they do not are refused. Name it wherever there is one.
    data, outcome, unit, time, controls, cluster, level
        As in :func:`twfe`; times are whole years.

    Returns
    -------
    EventStudy
        Terms ``event_time=-4`` and so on, then the controls.

    Raises
    ------
    ValueError
        As :func:`twfe`, and: times that are not whole numbers; a start or reference outside the
        data; a reference that is not before the start; no treated or no untreated unit; a
        ``treatment`` with several starts, another start or an end.
    """
    start, reference = whole_number(start, "start"), whole_number(reference, "reference")
    if reference >= 0:
        raise ValueError(
            f"reference must be negative, an event time before the start, not {reference}"
        )
    panel = treated_panel(data, outcome, treated, unit, time, controls, cluster, treatment)
    years = whole_years(panel)
    if not years[0] < start <= years[-1]:
        raise ValueError(
            f"start {start!r} must lie after {years[0]} and not after {years[-1]}, "
            f"the first and last {time!r} in the data"
        )
    if start + reference not in years:
        raise ValueError(
            f"reference {reference!r} is {time} {start + reference}, which the data lack; "
            f"they hold {years}"
        )
    if treatment:
        hold_years(panel, treated, treatment, [year for year in years if year < start], "start")
    kept = [year for year in years if year != start + reference]
    names = [f"event_time={year - start}" for year in kept]
    base = f"event time {reference} ({time} {start + reference})"
    return by_year(panel, treated, kept, names, start, base, reference, level)


def dynamic_effects(
    data: pd.DataFrame,
    *,
    outcome: str,
    treated: str,
    years: Sequence[int],
    unit: str,
    time: str,
    controls: Sequence[str] = (),
    cluster: str | None = None,
    level: float = 0.95,
    treatment: str | None = None,
) -> EventStudy:
    """Return the effect in each of ``years`` relative to the mean of all other years.

    y_it = sum_{s in years} beta_s treated_i 1[t = s] + x_it'delta + alpha_i + lambda_t + e_it.
    The base is the mean of the years not listed, where :func:`event_study` takes one year; the
    two differ by the treated units' gap between that year and that mean.

    Parameters
    ----------
    years : sequence of int
        Years with an effect of their own; event time counts from the first of them.
    data, outcome, treated, unit, time, controls, cluster, level, treatment
        As in :func:`event_study`; the treatment must be zero in
        every year of the base, and in treated units in no other.

    Returns
    -------
    EventStudy
        Terms ``year=2014`` and so on, then the controls. No pre-trend test (NaN).

    Raises
    ------
    ValueError
        As :func:`event_study`, and years that the data lack or that leave no base.
    """
    wanted = sorted(set(whole_numbers(years, "years")))
    panel = treated_panel(data, outcome, treated, unit, time, controls, cluster, treatment)
    there = whole_years(panel)
    absent = [year for year in wanted if year not in there]
    if absent or not wanted:
        raise ValueError(f"years {absent or 'is empty'}: the data hold {time} {there}")
    rest = [year for year in there if year not in wanted]
    if not rest:
        raise ValueError(f"years lists every {time} in the data; at least one must be the base")
    if treatment:
        hold_years(panel, treated, treatment, rest, "years")
    span = f"{rest[0]}-{rest[-1]}" if rest == list(range(rest[0], rest[-1] + 1)) else str(rest)
    names = [f"year={year}" for year in wanted]
    base = f"mean of {time} {span}" if len(rest) > 1 else f"{time} {rest[0]}"
    return by_year(panel, treated, wanted, names, wanted[0], base, None, level)
