"""The panel door: what it refuses, in which words, and what it reports."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from oib_pipeline.estimation import (
    dynamic_effects,
    event_study,
    placebo,
    twfe,
    wild_cluster_bootstrap,
)
from oib_pipeline.estimation.data.panel import panel_from_frame

KEYS = {"unit": "city", "time": "year"}
MODEL = {"outcome": "y", "treatment": "did", **KEYS}


def refused(frame: pd.DataFrame, match: str, **changes: object) -> None:
    with pytest.raises(ValueError, match=match):
        twfe(frame, **{**MODEL, **changes})


def test_a_missing_column_is_named_with_its_role_and_what_there_is(panel: pd.DataFrame) -> None:
    refused(panel, r"no column 'gdp' \(regressor\); the columns are: city, year", controls=["gdp"])


def test_duplicates_are_named(panel: pd.DataFrame) -> None:
    refused(
        pd.concat([panel, panel.iloc[[5]]]),
        r"'city', 'year': 1 row.s. repeat .*the first '320000', 2015",
    )


def test_a_duplicate_hidden_behind_a_missing_value_is_still_refused(panel: pd.DataFrame) -> None:
    refused(pd.concat([panel, panel.iloc[[5]].assign(y=np.nan)]), "repeat a unit and time")


def test_an_infinite_value_is_named(panel: pd.DataFrame) -> None:
    panel.loc[17, "x2"] = -np.inf
    refused(panel, r"'x2' \(regressor\) has 1 infinite value.*row 17", controls=["x2"])


def test_text_is_not_taken_for_numbers(panel: pd.DataFrame) -> None:
    refused(panel.assign(y=panel["y"].astype(str)), r"'y' \(outcome\) must hold numbers")


def test_a_missing_key_is_refused(panel: pd.DataFrame) -> None:
    panel["city"] = panel["city"].astype(object)
    panel.loc[3, "city"] = None
    refused(panel, r"'city' \(unit\) has a missing value in row 3")


def test_one_period_is_refused(panel: pd.DataFrame) -> None:
    refused(panel[panel["year"] == 2014], r"'year' \(time\) has one period, 2014")


def test_one_unit_is_refused(panel: pd.DataFrame) -> None:
    refused(panel[panel["city"] == "320001"], r"'city' \(unit\) has one unit")


def test_one_cluster_is_refused(panel: pd.DataFrame) -> None:
    refused(panel.assign(country="CN"), r"'country' \(cluster\) has one cluster", cluster="country")


def test_no_treated_unit_is_refused(panel: pd.DataFrame) -> None:
    refused(panel.assign(did=0.0), r"'did' \(treatment\): no treated unit")


def test_treatment_of_all_at_once_is_refused(panel: pd.DataFrame) -> None:
    refused(panel.assign(did=panel["post"]), r"'did' \(regressor\) does not vary once")


def test_a_constant_outcome_is_refused(panel: pd.DataFrame) -> None:
    refused(panel.assign(y=2.5), r"'y' \(outcome\) is constant, 2.5")


def test_an_outcome_of_effects_alone_is_refused(panel: pd.DataFrame) -> None:
    refused(panel.assign(y=panel["year"] * 1.7), r"'y' \(outcome\) does not vary once")


@pytest.mark.parametrize("engine", ["panelols", "closed_form"])
def test_collinear_controls_are_named(panel: pd.DataFrame, engine: str) -> None:
    both = panel.assign(twin=3 * panel["x1"] - panel["x2"] + panel["year"])
    refused(
        both,
        r"'twin' \(control\) is collinear.*'did', 'x1', 'x2'",
        controls=["x1", "x2", "twin"],
        engine=engine,
    )


def test_a_control_fixed_in_time_is_refused(panel: pd.DataFrame) -> None:
    refused(panel, r"'treated' \(regressor\) does not vary", controls=["treated"])


def test_a_column_used_twice_is_refused(panel: pd.DataFrame) -> None:
    refused(panel, "'y' is both the outcome and a regressor", controls=["y"])
    refused(panel, "'did' is listed twice", controls=["did"])


def test_too_few_rows_for_the_regressors_are_refused(panel: pd.DataFrame) -> None:
    short = panel[panel["year"].isin([2013, 2014]) & panel["city"].isin(["320000", "320001"])]
    refused(short.assign(did=[0, 1, 0, 0]), "no residual degree of freedom", controls=["x1"])


def test_an_empty_frame_is_refused(panel: pd.DataFrame) -> None:
    refused(panel.iloc[:0], "no rows to estimate 'y' on")
    refused(panel.assign(y=np.nan), "no complete row is left for outcome 'y': 360 have")


def test_negative_weights_are_refused(panel: pd.DataFrame) -> None:
    refused(panel.assign(weight=-1.0), r"'weight' \(weights\)", weights="weight")


def test_events_refuse_times_and_marks_they_cannot_use(panel: pd.DataFrame) -> None:
    event = {"outcome": "y", "treated": "treated", **KEYS}
    with pytest.raises(ValueError, match="start 2019 must lie after 2010"):
        event_study(panel, start=2019, **event)
    with pytest.raises(ValueError, match="reference -9 is year 2005, which the data lack"):
        event_study(panel, start=2014, reference=-9, **event)
    with pytest.raises(ValueError, match="'treated' must have the same value in all rows"):
        event_study(panel.assign(treated=panel["did"]), start=2014, **event)
    with pytest.raises(ValueError, match=r"'treated'.*no untreated unit"):
        event_study(panel.assign(treated=1), start=2014, **event)
    with pytest.raises(ValueError, match=r"'treated' .treated. must hold only 0 and 1"):
        event_study(panel.assign(treated=panel["weight"]), start=2014, **event)
    with pytest.raises(ValueError, match="at least one must be the base"):
        dynamic_effects(panel, years=range(2010, 2019), **event)
    with pytest.raises(ValueError, match=r"years \[2030\]"):
        dynamic_effects(panel, years=[2030], **event)
    with pytest.raises(ValueError, match="must hold whole years"):
        event_study(panel.assign(year=panel["year"].astype(str)), start=2014, **event)


def test_missing_values_are_left_out_and_counted(panel: pd.DataFrame) -> None:
    holes = panel.copy()
    holes.loc[[4, 90], "y"] = np.nan
    holes.loc[[5, 90], "x1"] = np.nan
    result = twfe(holes, **MODEL, controls=["x1"])
    dropped = twfe(panel.drop(index=[4, 5, 90]), **MODEL, controls=["x1"])
    assert (result.n_missing, result.n_obs) == (3, len(panel) - 3)
    assert result.estimate == dropped.estimate
    assert set(result.to_frame()["n_missing"]) == {3}


def test_singletons_are_left_out_and_counted(panel: pd.DataFrame) -> None:
    lone = panel[(panel["city"] != "320003") | (panel["year"] == 2012)]
    result = twfe(lone, **MODEL)
    assert result.n_singletons == 1
    assert result.n_clusters == 39


def test_input_is_never_changed(panel: pd.DataFrame) -> None:
    panel.loc[3, "y"] = np.nan
    before = panel.copy(deep=True)
    twfe(panel, **MODEL, controls=["x1"], weights="weight", cluster="region")
    event_study(panel, outcome="y", treated="treated", start=2014, **KEYS)
    pd.testing.assert_frame_equal(panel, before)


def test_the_order_of_rows_and_the_types_of_columns_do_not_matter(panel: pd.DataFrame) -> None:
    plain = twfe(panel, **MODEL, controls=["x1", "x2"])
    other = panel.sample(frac=1, random_state=1).assign(
        city=lambda frame: frame["city"].astype("category"),
        did=lambda frame: frame["did"].astype(bool),
        y=lambda frame: frame["y"].astype("Float64"),
    )
    again = twfe(other, **MODEL, controls=["x1", "x2"])
    assert (again.estimate, again.se) == (plain.estimate, plain.se)


def test_the_panel_knows_its_shape(panel: pd.DataFrame, gappy: pd.DataFrame) -> None:
    full = panel_from_frame(panel, outcome="y", regressors=["did"], **KEYS)
    part = panel_from_frame(gappy, outcome="y", regressors=["did"], **KEYS, cluster="region")
    assert full.balanced and (full.n_units, full.n_times) == (40, 9)
    assert not part.balanced and part.n_obs == 335
    assert full.units_nested and not full.times_nested
    assert part.units_nested and part.n_clusters == 3


@pytest.mark.parametrize("engine", ["panelols", "closed_form"])
def test_errors_of_an_exact_fit_are_undefined(panel: pd.DataFrame, engine: str) -> None:
    exact = panel.assign(y=2 * panel["did"] + panel["year"] + panel["city"].astype(int))
    row = twfe(exact, **MODEL, engine=engine).to_frame().iloc[0]
    assert row["estimate"] == pytest.approx(2)
    assert row[["se", "t", "p", "ci_low", "ci_high"]].isna().all()
    table = event_study(exact, outcome="y", treated="treated", start=2014, **KEYS).to_frame()
    assert table[["se", "joint_low", "pretrend_statistic", "pretrend_p"]].isna().all(axis=None)
    assert np.isnan(wild_cluster_bootstrap(exact, **MODEL, draws=49).p)
    drawn = placebo(exact, outcome="y", treated="treated", post="post", draws=49, **KEYS)
    assert np.isnan(drawn.p_t) and drawn.p_coefficient == 1 / 50


def test_errors_of_one_treated_and_one_control_are_undefined(panel: pd.DataFrame) -> None:
    marks = panel.groupby("city")["treated"].first()
    pair = panel[panel["city"].isin([marks.idxmax(), marks.idxmin()])]
    result = twfe(pair, **MODEL)
    assert np.isfinite(result.estimate)
    assert np.isnan([result.se, result.t, result.p, result.ci_low]).all()
    drawn = placebo(pair, outcome="y", treated="treated", post="post", draws=19, **KEYS)
    assert np.isnan(drawn.p_t) and drawn.n_undefined == 19


def test_a_control_that_is_the_treatment_is_refused_everywhere(panel: pd.DataFrame) -> None:
    twin = panel.assign(twin=panel["did"] * 3)
    refused(twin, r"'twin' \(control\) is collinear", controls=["twin"])
    with pytest.raises(
        ValueError, match=r"'treated' x 'post' .*collinear with the controls 'twin'"
    ):
        placebo(
            twin, outcome="y", treated="treated", post="post", controls=["twin"], draws=9, **KEYS
        )
