"""Effects by year: the event study and the dynamic-effects model."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from oib_pipeline.estimation.arguments import whole_number, whole_numbers
from oib_pipeline.estimation.event_result import EventStudy
from oib_pipeline.estimation.starts import hold_years
from oib_pipeline.estimation.yearly import by_year, treated_panel, whole_years


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
