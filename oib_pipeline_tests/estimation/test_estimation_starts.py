"""One start for all treated units: data that have several, or an end, are refused by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from estimation_panels import make_panel

from oib_pipeline.estimation import (
    by_group,
    dynamic_effects,
    event_study,
    placebo,
    twfe,
    wild_cluster_bootstrap,
)

KEYS = {"outcome": "y", "unit": "city", "time": "year"}
CALLS: dict[str, Callable[..., Any]] = {
    "twfe": twfe,
    "by_group": lambda data, **also: by_group(data, group="region", draws=0, **also),
    "bootstrap": lambda data, **also: wild_cluster_bootstrap(data, draws=49, **also),
}


def staggered() -> pd.DataFrame:
    """The panel with its treated cities starting in 2013, 2014 and 2016 in turn."""
    frame = make_panel()
    cities = sorted(frame.loc[frame["treated"] == 1, "city"].unique())
    start = {city: (2013, 2014, 2016)[at % 3] for at, city in enumerate(cities)}
    late = frame["year"] >= frame["city"].map(start).fillna(9999)
    return frame.assign(did=late.astype(float))


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_staggered_treatment_is_refused_with_its_starts(call: Callable[..., Any]) -> None:
    said = r"'did' \(treatment\) starts at several values of 'year': .*2013 .*staggered='allow'"
    with pytest.raises(ValueError, match=said):
        call(staggered(), treatment="did", **KEYS)
    assert call(staggered(), treatment="did", staggered="allow", **KEYS) is not None


def test_the_units_of_each_start_are_counted() -> None:
    with pytest.raises(ValueError, match=r"2013 \(3 units\), 2014 \(3 units\), 2016 \(3 units\)"):
        twfe(staggered(), treatment="did", **KEYS)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("years", [[2017, 2018], [2016]], ids=["ends", "switches back"])
def test_a_treatment_that_ends_or_switches_back_is_refused_by_unit(
    call: Callable[..., Any], years: list[int]
) -> None:
    frame = make_panel()
    off = frame["year"].isin(years) & (frame["city"] == frame.loc[frame["did"] == 1, "city"].min())
    city = frame.loc[off, "city"].iloc[0]
    said = f"ends or switches back: city '{city}' is treated in 2014 and not in {years[0]}"
    with pytest.raises(ValueError, match=said):
        call(frame.assign(did=frame["did"].mask(off, 0.0)), treatment="did", **KEYS)


def test_rows_that_are_missing_are_no_other_start() -> None:
    """A city first seen in 2016, and one without 2014, may have started with the others."""
    frame = make_panel()
    one, two = sorted(frame.loc[frame["treated"] == 1, "city"].unique())[:2]
    gone = ((frame["city"] == one) & (frame["year"] < 2016)) | (
        (frame["city"] == two) & frame["year"].isin([2013, 2014])
    )
    assert np.isfinite(twfe(frame[~gone], treatment="did", **KEYS).estimate)


def test_a_dose_that_starts_once_is_estimated_and_one_that_is_never_zero_too() -> None:
    frame = make_panel()
    growing = frame.assign(did=frame["did"] * (frame["year"] - 2012))
    assert np.isfinite(twfe(growing, treatment="did", **KEYS).estimate)
    assert np.isfinite(twfe(frame, treatment="x1", **KEYS).estimate)


def test_a_word_for_staggered_that_is_not_known_is_named() -> None:
    with pytest.raises(ValueError, match="staggered must be 'refuse' or 'allow', not True"):
        twfe(make_panel(), treatment="did", staggered=True, **KEYS)


YEARS: dict[str, Callable[..., Any]] = {
    "event_study": lambda data, **also: event_study(data, start=2014, treated="treated", **also),
    "dynamic": lambda data, **also: dynamic_effects(
        data, years=range(2014, 2019), treated="treated", **also
    ),
}


@pytest.mark.parametrize("call", YEARS.values(), ids=YEARS)
def test_effects_by_year_are_held_against_the_treatment_where_it_is_named(
    call: Callable[..., Any],
) -> None:
    frame = make_panel()
    named = call(frame, treatment="did", **KEYS).to_frame()
    pd.testing.assert_frame_equal(named, call(frame, **KEYS).to_frame())
    with pytest.raises(ValueError, match="starts at several values of 'year'"):
        call(staggered(), treatment="did", **KEYS)
    early = frame.assign(did=frame["treated"] * (frame["year"] >= 2013))
    with pytest.raises(ValueError, match=r"does not go with .* is treated in 2013"):
        call(early, treatment="did", **KEYS)
    later = frame.assign(did=frame["treated"] * (frame["year"] >= 2015))
    with pytest.raises(ValueError, match=r"does not go with .* is not treated in 2014"):
        call(later, treatment="did", **KEYS)


def test_a_policy_date_that_differs_between_units_is_refused() -> None:
    frame = staggered()
    own = frame.assign(post=(frame["did"] == 1) | (frame["year"] >= 2016))
    with pytest.raises(ValueError, match="'post' must have the same value in all rows of one year"):
        placebo(own.astype({"post": float}), treated="treated", post="post", draws=9, **KEYS)


def test_the_published_staggered_example_is_refused(
    reference: Callable[[str], pd.DataFrame],
) -> None:
    frame = reference("base_stagg.csv")
    frame["D"] = ((frame["time_to_treatment"] >= 0) & (frame["treated"] == 1)).astype(int)
    keys = {"outcome": "y", "unit": "id", "time": "year"}
    with pytest.raises(ValueError, match="starts at several values"):
        twfe(frame, treatment="D", **keys)
    with pytest.raises(ValueError, match="starts at several values"):
        event_study(frame, treated="treated", start=6, treatment="D", **keys)
