"""Event studies and dynamic effects against pyfixest and against each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from estimation_panels import make_panel

from oib_pipeline.estimation import dynamic_effects, event_study
from oib_pipeline.estimation.inference.joint import sup_t, wald_test
from oib_pipeline.estimation.regression.vcov import t_quantile

MODEL = {"outcome": "y", "treated": "treated", "unit": "city", "time": "year"}


@pytest.mark.parametrize("shape", ["panel", "gappy"])
def test_pyfixest_gives_the_same_event_study(shape: str, request: pytest.FixtureRequest) -> None:
    import pyfixest

    frame = request.getfixturevalue(shape)
    other = pyfixest.feols(
        "y ~ i(year, treated, ref=2013) + x1 + x2 | city + year", frame, vcov={"CRV1": "city"}
    )
    table = event_study(frame, start=2014, controls=["x1", "x2"], **MODEL).to_frame()
    np.testing.assert_allclose(table["estimate"], other.coef(), atol=1e-8)
    np.testing.assert_allclose(table["se"], other.se(), rtol=1e-6)
    assert list(table["event_time"][:-2]) == [-4, -3, -2, 0, 1, 2, 3, 4]
    assert list(table["year"][:-2]) == [2010, 2011, 2012, 2014, 2015, 2016, 2017, 2018]
    assert table["event_time"][-2:].isna().all()

    before = other._vcov[:3, :3]
    f = other.coef().to_numpy()[:3] @ np.linalg.solve(before, other.coef().to_numpy()[:3]) / 3
    assert table["pretrend_statistic"][0] == pytest.approx(f, rel=1e-6)
    assert (table["pretrend_df"][0], table["pretrend_df_denominator"][0]) == (3, 39)


def test_pyfixest_gives_the_same_dynamic_effects(panel: pd.DataFrame) -> None:
    import pyfixest

    years = [2014, 2015, 2016, 2017, 2018]
    frame = panel.assign(**{f"d{y}": panel["treated"] * (panel["year"] == y) for y in years})
    formula = f"y ~ {' + '.join(f'd{y}' for y in years)} | city + year"
    other = pyfixest.feols(formula, frame, vcov={"CRV1": "city"})
    result = dynamic_effects(panel, years=years, **MODEL)
    np.testing.assert_allclose(result.coefficients, other.coef(), atol=1e-8)
    np.testing.assert_allclose(result.standard_errors, other.se(), rtol=1e-6)
    assert np.isnan(result.pretrend.p)


def test_the_two_bases_differ_by_the_pre_period_gap_and_say_so(panel: pd.DataFrame) -> None:
    events = event_study(panel, start=2014, **MODEL)
    dynamic = dynamic_effects(panel, years=range(2014, 2019), **MODEL)
    gap = (events.coefficients[:3].sum() + 0) / 4
    np.testing.assert_allclose(dynamic.coefficients, events.coefficients[3:] - gap, atol=1e-10)
    assert events.base == "event time -1 (year 2013)"
    assert dynamic.base == "mean of year 2010-2013"


def test_another_reference_shifts_every_effect_alike(panel: pd.DataFrame) -> None:
    usual = dict(event_study(panel, start=2014, **MODEL).to_frame()[["year", "estimate"]].values)
    other = event_study(panel, start=2014, reference=-3, **MODEL)
    shift = {year: value - usual[2011] for year, value in usual.items()} | {2013: -usual[2011]}
    for year, value in zip(other.years, other.coefficients, strict=True):
        assert value == pytest.approx(shift[year], abs=1e-10)


def test_joint_bands_hold_the_pointwise_ones_and_repeat(panel: pd.DataFrame) -> None:
    table = event_study(panel, start=2014, controls=["x1"], **MODEL).to_frame()
    effects = table[table["year"].notna()]
    assert (effects["joint_low"] < effects["ci_low"]).all()
    assert (effects["joint_high"] > effects["ci_high"]).all()
    pd.testing.assert_frame_equal(
        table, event_study(panel, start=2014, controls=["x1"], **MODEL).to_frame()
    )


def test_a_band_over_one_coefficient_is_its_interval() -> None:
    assert sup_t(np.array([[4.0]]), 30, 0.95) == pytest.approx(t_quantile(0.95, 30), abs=0.02)


def test_a_band_over_independent_coefficients_is_the_sidak_one() -> None:
    sidak = t_quantile(0.95 ** (1 / 4), 10**6)
    assert sup_t(np.eye(4), 10**6, 0.95) == pytest.approx(sidak, abs=0.02)


def test_a_singular_wald_test_is_undefined() -> None:
    assert np.isnan(wald_test(np.ones(2), np.ones((2, 2)), 10).p)
    assert np.isnan(wald_test(np.empty(0), np.empty((0, 0)), 10).p)


def test_a_joint_test_with_true_effects_before_rejects() -> None:
    frame = make_panel(n_units=120, n_treated=40, seed=5)
    frame["y"] += 2.0 * frame["treated"] * (frame["year"] - 2013)
    assert event_study(frame, start=2014, **MODEL).pretrend.p < 0.001
