"""Wrong arguments and data that cannot be used are refused, and the message names them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from estimation_panels import make_panel

from oib_pipeline.estimation import (
    Specification,
    by_group,
    dynamic_effects,
    event_study,
    placebo,
    psm_did,
    specification_curve,
    wild_cluster_bootstrap,
)

KEYS = {"outcome": "y", "unit": "city", "time": "year"}
POLICY = KEYS | {"treated": "treated", "post": "post"}
GROUPED = KEYS | {"treatment": "did", "group": "region", "draws": 5}
MATCHED = POLICY | {"covariates": ["x1"], "method": "kernel"}
EVENT = KEYS | {"treated": "treated"}
ONE = [Specification("one")]


def by_region(frame: pd.DataFrame, **also: Any) -> Any:
    return by_group(frame, **(GROUPED | also))


def matched(frame: pd.DataFrame, **also: Any) -> Any:
    return psm_did(frame, **(MATCHED | also))


def curve(data: Any, **also: Any) -> Any:
    return specification_curve(data, ONE, **(POLICY | {"draws": 5} | also))


def shortened(frame: pd.DataFrame, **also: Any) -> Any:
    return specification_curve(frame, [Specification("short", **also)], **POLICY, draws=5)


def redrawn(frame: pd.DataFrame, **also: Any) -> Any:
    return placebo(frame, **(POLICY | {"draws": 5} | also))


def wild(frame: pd.DataFrame, **also: Any) -> Any:
    return wild_cluster_bootstrap(frame, **(KEYS | {"treatment": "did"} | also))


def event(frame: pd.DataFrame, **also: Any) -> Any:
    return event_study(frame, **(EVENT | {"start": 2014} | also))


def dynamic(frame: pd.DataFrame, **also: Any) -> Any:
    return dynamic_effects(frame, **EVENT, **also)


WRONG: list[tuple[Callable[..., Any], dict[str, Any], str]] = [
    (event, {"reference": 0}, "reference must be negative"),
    (event, {"start": 2018, "reference": 0}, "reference must be negative"),
    (event, {"reference": "a"}, "reference must be a whole number"),
    (event, {"start": "2014"}, "start must be a whole number, not '2014'"),
    (event, {"start": None}, "start must be"),
    (event, {"level": "high"}, "level must lie"),
    (dynamic, {"years": 2014}, "years must be a sequence"),
    (dynamic, {"years": "2014"}, "years must be a sequence"),
    (dynamic, {"years": ["2014"]}, "years must be a whole number"),
    (matched, {"callipers": 1}, "'callipers' is no option of matching.*caliper"),
    (by_region, {"level": 2}, "level must lie"),
    *[
        (call, {"draws": draws}, "draws must be")
        for call in (by_region, matched, curve, redrawn, wild)
        for draws in (None, "a", np.nan, 2.5, -1, True)
    ],
    *[
        (call, {"seed": seed}, "seed must be a non-negative whole number")
        for call in (by_region, matched, curve, redrawn, wild)
        for seed in (-1, "a", None)
    ],
    (redrawn, {"keep": -1}, "keep must be"),
    (shortened, {"first": "2012"}, "first must be a whole number, not '2012'"),
    (shortened, {"last": True}, "last must be a whole number, not True"),
]


@pytest.mark.parametrize(("call", "also", "says"), WRONG)
def test_a_wrong_argument_is_named(
    call: Callable[..., Any], also: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        call(make_panel(), **also)


@pytest.mark.parametrize("data", [[1, 2], {}, None, {"main": [1]}])
def test_data_of_a_curve_are_frames(data: Any) -> None:
    with pytest.raises(ValueError, match="data must be a pandas DataFrame"):
        curve(data)


def test_groups_of_no_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="no rows to estimate"):
        by_region(make_panel().iloc[:0])


@pytest.mark.parametrize("fault", ["twice", "infinite"])
def test_bad_data_in_one_group_are_an_error_and_no_note(fault: str) -> None:
    frame = make_panel()
    row = frame.index[frame["region"] == "West"][0]
    if fault == "twice":
        frame = pd.concat([frame, frame.loc[[row]]], ignore_index=True)
    else:
        frame.loc[row, "y"] = np.inf
    with pytest.raises(ValueError, match=r"repeat a unit and time|infinite"):
        by_region(frame)


def test_a_placebo_without_treated_rows_after_the_policy_says_so() -> None:
    frame = make_panel()
    gone = frame[~((frame["treated"] == 1) & (frame["post"] == 1))]
    with pytest.raises(ValueError, match="no treated unit has a complete row after the policy"):
        redrawn(gone)


def test_identifiers_of_mixed_kinds_serve_the_curve_as_they_serve_the_rest() -> None:
    frame = make_panel()
    text = frame["city"]
    frame["city"] = text.where(text.astype(int) % 2 == 0, text.astype(int)).astype(object)
    mixed = curve(frame).to_frame()["estimate"]
    np.testing.assert_allclose(mixed, redrawn(frame).to_frame()["estimate"])


def test_missing_treatment_is_left_out_of_the_curve_listwise() -> None:
    frame = make_panel()
    frame.loc[[3, 50], "treated"] = np.nan
    frame.loc[frame["city"] == frame["city"].iloc[-1], "treated"] = np.nan
    made = curve(frame).to_frame()
    np.testing.assert_allclose(made["estimate"], redrawn(frame).to_frame()["estimate"])
    assert made["n_missing"].tolist() == [2 + frame["year"].nunique()]
