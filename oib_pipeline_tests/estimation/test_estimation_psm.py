"""Matched difference-in-differences: what is weighted, by what, and how it is judged."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from estimation_panels import make_panel

from oib_pipeline.estimation import match, propensity_scores, psm_did, twfe

MODEL = {"outcome": "y", "treated": "treated", "post": "post", "unit": "city", "time": "year"}
METHODS = [{"method": "nearest"}, {"method": "kernel"}, {"method": "radius", "radius": 0.1}]


@pytest.mark.parametrize("options", METHODS)
@pytest.mark.parametrize("shape", ["panel", "gappy"])
def test_cities_are_matched_once_on_means_before_the_policy(
    options: dict, shape: str, request: pytest.FixtureRequest
) -> None:
    frame = request.getfixturevalue(shape)
    result = psm_did(frame, **MODEL, covariates=["x1", "x2"], controls=["x3"], **options)
    before = frame[frame["post"] == 0].groupby("city")[["x1", "x2", "treated"]].mean()
    score = propensity_scores(before, treated="treated", covariates=["x1", "x2"])
    matched = match(before, treated="treated", score=score, **options)
    expected = twfe(
        frame.assign(w=frame["city"].map(matched.weights)), outcome="y", treatment="did",
        unit="city", time="year", controls=["x3"], weights="w",
    )  # fmt: skip
    assert result.estimate == pytest.approx(expected.estimate, abs=1e-10)
    assert result.se == pytest.approx(expected.se, abs=1e-10)
    assert result.n_obs == expected.n_obs
    assert result.matching.n_treated == matched.n_treated


def test_the_stacked_version_matches_rows_and_says_so(panel: pd.DataFrame) -> None:
    result = psm_did(panel, **MODEL, covariates=["x1"], method="nearest", matched_on="unit-time")
    score = propensity_scores(panel, treated="treated", covariates=["x1"])
    matched = match(panel, treated="treated", score=score, method="nearest")
    expected = twfe(
        panel.assign(w=matched.weights), outcome="y", treatment="did", unit="city", time="year",
        weights="w",
    )  # fmt: skip
    assert result.estimate == pytest.approx(expected.estimate, abs=1e-10)
    assert set(result.to_frame()["matched_on"]) == {"unit-time"}


def test_a_known_effect_is_recovered_where_selection_is_on_covariates() -> None:
    rng = np.random.default_rng(4)
    frame = make_panel(n_units=300, n_treated=1, effect=0, seed=4)
    size = pd.Series(rng.normal(size=300), index=frame["city"].unique())
    mark = rng.random(300) < 1 / (1 + np.exp(1.5 - 1.2 * size))
    frame["size"] = frame["city"].map(size)
    frame["treated"] = frame["city"].map(mark.astype(float))
    frame["did"] = frame["treated"] * frame["post"]
    frame["y"] += 0.8 * frame["did"] + 1.5 * frame["size"] * frame["post"]
    plain = twfe(frame, outcome="y", treatment="did", unit="city", time="year")
    matched = psm_did(frame, **MODEL, covariates=["size"], method="kernel", bandwidth=0.03)
    assert abs(plain.estimate - 0.8) > 1
    assert abs(matched.estimate - 0.8) < 2.5 * matched.se + 0.1


@pytest.mark.parametrize("options", METHODS)
def test_permutation_matches_and_fits_again_for_every_draw(
    panel: pd.DataFrame, options: dict
) -> None:
    from oib_pipeline.estimation.data.treatment import Assignments

    arguments = {**MODEL, **options, "covariates": ["x1"], "controls": ["x2"]}
    result = psm_did(panel, **arguments, draws=12, seed=3)
    mark = panel.groupby("city")["treated"].first().to_numpy() == 1
    exceed, defined = 0, 0
    for drawn in np.vstack(list(Assignments(mark, 12, 3).chunks())):
        again = panel.assign(treated=np.repeat(drawn.astype(float), 9))
        try:
            fit = psm_did(again, **arguments)
        except ValueError:
            continue
        defined += 1
        exceed += abs(fit.t) >= abs(result.t)
    assert result.p_t == pytest.approx((1 + exceed) / (1 + defined))
    assert result.n_undefined == 12 - defined


def test_permutation_is_there_for_stacked_rows_too(panel: pd.DataFrame) -> None:
    result = psm_did(
        panel, **MODEL, covariates=["x1"], method="kernel", matched_on="unit-time", draws=20
    )
    table = result.to_frame("stacked kernel")
    assert 0 < table["p_t"].iloc[0] <= 1
    assert np.isnan(psm_did(panel, **MODEL, covariates=["x1"], method="kernel").p_t)


def test_cities_without_a_score_are_left_out_and_counted(panel: pd.DataFrame) -> None:
    holes = panel.copy()
    holes.loc[(holes["city"] == "320007") & (holes["post"] == 0), "x1"] = np.nan
    holes.loc[4, "x1"] = np.nan
    result = psm_did(holes, **MODEL, covariates=["x1"], method="kernel")
    assert result.n_incomplete == 1
    assert result.n_clusters <= 39


def test_bad_requests_are_refused(panel: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="matched_on must be"):
        psm_did(panel, **MODEL, covariates=["x1"], method="kernel", matched_on="row")
    with pytest.raises(ValueError, match="no column 'gdp'"):
        psm_did(panel, **MODEL, covariates=["gdp"], method="kernel")
    with pytest.raises(ValueError, match=r"'treated' \(treated\): no treated unit"):
        psm_did(panel.assign(treated=0), **MODEL, covariates=["x1"], method="kernel")
    with pytest.raises(ValueError, match="predict 'treated' perfectly"):
        psm_did(
            panel.assign(x1=panel["treated"] * 2 + panel["x2"] / 100), **MODEL,
            covariates=["x1"], method="kernel",
        )  # fmt: skip
