"""The synthetic control finds weights that are known, and says what stops it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from oib_pipeline.estimation import synthetic_control, synthetic_placebos

KEYS = {"outcome": "y", "unit": "city", "time": "year", "start": 2014}
YEARS = range(2004, 2019)


def long(wide: dict[str, np.ndarray]) -> pd.DataFrame:
    frame = pd.DataFrame(wide, index=pd.Index(list(YEARS), name="year"))
    return frame.melt(ignore_index=False, var_name="city", value_name="y").reset_index()


@pytest.fixture
def donors() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    return {name: rng.normal(size=len(YEARS)).cumsum() for name in "abcdef"}


def test_known_weights_and_a_known_effect_are_found(donors):
    after = np.array([year >= 2014 for year in YEARS])
    own = 0.3 * donors["a"] + 0.7 * donors["d"] + 0.5 * after
    fit = synthetic_control(long({**donors, "x": own}), treated="x", **KEYS)
    wanted = pd.Series({"a": 0.3, "d": 0.7}).reindex(fit.weights.index, fill_value=0)
    assert fit.weights.to_numpy() == pytest.approx(wanted.to_numpy(), abs=1e-6)
    assert fit.effect == pytest.approx(0.5, abs=1e-6)
    assert fit.rmse_before < 1e-6


def test_a_unit_outside_the_donors_is_met_at_the_nearest_point_of_their_hull(donors):
    flat = {name: np.full(len(YEARS), level) for name, level in (("low", 1.0), ("high", 2.0))}
    fit = synthetic_control(long({**flat, "x": np.full(len(YEARS), 5.0)}), treated="x", **KEYS)
    assert fit.weights["high"] == pytest.approx(1, abs=1e-6)
    assert fit.rmse_before == pytest.approx(3, abs=1e-6)


def test_of_many_weights_that_fit_those_of_near_donors_are_taken():
    levels = {"far": 0.0, "near": 0.9, "close": 1.1, "beyond": 2.0}
    flat = {name: np.full(len(YEARS), level) for name, level in levels.items()}
    fit = synthetic_control(long({**flat, "x": np.ones(len(YEARS))}), treated="x", **KEYS)
    assert fit.weights[["near", "close"]].to_numpy() == pytest.approx([0.5, 0.5], abs=1e-6)


def test_weights_lie_on_the_simplex_and_do_not_hang_on_the_order_of_rows(donors):
    rng = np.random.default_rng(2)
    data = long({**donors, "x": rng.normal(size=len(YEARS))})
    fit = synthetic_control(data, treated="x", **KEYS)
    again = synthetic_control(data.sample(frac=1, random_state=3), treated="x", **KEYS)
    assert (fit.weights >= 0).all()
    assert fit.weights.sum() == pytest.approx(1)
    pd.testing.assert_series_equal(fit.weights, again.weights)


def test_scale_and_level_of_the_outcome_do_not_matter(donors):
    rng = np.random.default_rng(4)
    data = long({**donors, "x": rng.normal(size=len(YEARS))})
    fit = synthetic_control(data, treated="x", **KEYS)
    other = synthetic_control(data.assign(y=1e6 + 1e-3 * data["y"]), treated="x", **KEYS)
    assert other.weights.to_numpy() == pytest.approx(fit.weights.to_numpy(), abs=1e-4)
    assert other.effect == pytest.approx(1e-3 * fit.effect, rel=1e-3)


def test_the_fit_is_no_worse_than_that_of_random_weights(donors):
    rng = np.random.default_rng(5)
    own = rng.normal(size=len(YEARS))
    fit = synthetic_control(long({**donors, "x": own}), treated="x", **KEYS)
    paths = np.column_stack(list(donors.values()))[:10]
    drawn = rng.dirichlet(np.full(6, 0.5), size=2000)
    errors = np.sqrt(((own[:10, None] - paths @ drawn.T) ** 2).mean(axis=0))
    assert fit.rmse_before <= errors.min() + 1e-9


def test_donors_with_gaps_are_left_out_and_placebos_take_the_rest(donors):
    data = long(donors)
    data.loc[(data["city"] == "b") & (data["year"] == 2016), "y"] = np.nan
    fit = synthetic_control(data, treated="a", **KEYS)
    assert "b" not in fit.weights
    placebos = synthetic_placebos(data, donors=list("abcdef"), **KEYS)
    assert list(placebos["unit"]) == list("acdef")
    assert placebos.set_index("unit").loc["a", "effect"] == pytest.approx(fit.effect)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"treated": "nobody"}, "'nobody' is not in the data"),
        ({"start": 2005}, "1 times before 2005"),
        ({"donors": ["b"]}, "1 complete donors"),
        ({"outcome": "z"}, "'z'"),
    ],
)
def test_what_stops_it_is_named(donors, change, said):
    with pytest.raises(ValueError, match=said):
        synthetic_control(long(donors), **({"treated": "a", **KEYS} | change))


def test_a_unit_without_an_outcome_before_the_policy_is_refused(donors):
    data = long(donors)
    data.loc[(data["city"] == "a") & (data["year"] == 2010), "y"] = np.nan
    with pytest.raises(ValueError, match="no outcome at 2010"):
        synthetic_control(data, treated="a", **KEYS)


def test_a_unit_given_twice_is_refused(donors):
    data = long(donors)
    with pytest.raises(ValueError, match="twice"):
        synthetic_control(pd.concat([data, data.head(1)]), treated="a", **KEYS)
