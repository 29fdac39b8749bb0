"""The wild cluster bootstrap against refitting every draw."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from estimation_panels import make_panel

from oib_pipeline.estimation import twfe, wild_cluster_bootstrap
from oib_pipeline.estimation.data.panel import Panel, panel_from_frame
from oib_pipeline.estimation.inference.wild_bootstrap import bootstrap_statistics
from oib_pipeline.estimation.regression.demean import residualise
from oib_pipeline.estimation.regression.fit import fit_closed_form

MODEL = {"outcome": "y", "treatment": "did", "unit": "city", "time": "year"}


def refitted_t(panel: Panel, v: np.ndarray, null: float) -> np.ndarray:
    """t of each draw, refitting y* = restricted fit + v x restricted residual."""
    within = residualise(panel)
    weight = np.ones(panel.n_obs) if panel.weights is None else panel.weights
    y = within[0] - null * within[1]
    x = within[2:]
    if len(x):
        y = y - np.linalg.solve((x * weight) @ x.T, (x * weight) @ y) @ x
    fitted = panel.arrays[0] - y
    t = []
    for draw in v:
        arrays = panel.arrays.copy()
        arrays[0] = fitted + draw[panel.cluster] * y
        fit = fit_closed_form(replace(panel, arrays=arrays))
        t.append((fit.coefficients[0] - null) / np.sqrt(fit.covariance[0, 0]))
    return np.array(t)


@pytest.mark.parametrize("shape", ["balanced", "gappy"])
@pytest.mark.parametrize("weights", [None, "weight"])
@pytest.mark.parametrize("cluster", ["city", "region", "year"])
@pytest.mark.parametrize("null", [0.0, 0.4])
def test_every_draw_equals_a_refit(
    shape: str, weights: str | None, cluster: str, null: float
) -> None:
    frame = make_panel(n_units=9, n_times=6, n_treated=3)
    frame = frame if shape == "balanced" else frame.drop(index=[4, 20, 21])
    panel = panel_from_frame(
        frame, outcome="y", regressors=["did", "x1"], unit="city", time="year",
        cluster=cluster, weights=weights,
    )  # fmt: skip
    got = bootstrap_statistics(panel, "rademacher", 10**4, 0)
    assert got.enumerated
    v = np.array(list(itertools.product([-1.0, 1.0], repeat=panel.n_clusters)))
    some = np.linspace(0, len(v) - 1, 24).astype(int)
    variance = got.quadratic.T @ [1, -2 * null, null**2]
    t = (got.numerator[0] - null * got.numerator[1]) / np.sqrt(got.factor * variance)
    np.testing.assert_allclose(t[some], refitted_t(panel, v[some], null), atol=1e-7)
    true = twfe(
        frame, outcome="y", treatment="did", unit="city", time="year", controls=["x1"],
        cluster=cluster, weights=weights,
    )  # fmt: skip
    assert (got.estimate, got.se) == pytest.approx((true.estimate, true.se), abs=1e-10)
    observed = abs(got.estimate - null) / got.se
    assert got.p(null) == (np.abs(t) >= observed * (1 - 1e-9)).mean()


def test_few_clusters_are_enumerated_and_the_identity_counts() -> None:
    frame = make_panel(n_units=30)
    result = wild_cluster_bootstrap(frame, **MODEL, cluster="region")
    assert result.enumerated and result.draws == 2**3
    assert result.p >= 2 / 2**3
    assert result.interval == (-np.inf, np.inf)
    webb = wild_cluster_bootstrap(frame, **MODEL, cluster="region", weight_type="webb")
    assert webb.enumerated and webb.draws == 6**3


def test_the_interval_holds_what_is_not_rejected(panel: pd.DataFrame) -> None:
    result = wild_cluster_bootstrap(panel, **MODEL, controls=["x1"], draws=999)
    read = panel_from_frame(panel, outcome="y", regressors=["did", "x1"], unit="city", time="year")
    statistics = bootstrap_statistics(read, "rademacher", 999, 0)
    low, high = result.interval
    assert low < result.estimate < high
    assert statistics.p(low) > 0.05 and statistics.p(high) > 0.05
    assert statistics.p(low - 1e-5 * result.se) <= 0.05
    assert statistics.p(high + 1e-5 * result.se) <= 0.05
    assert (result.p <= 0.05) == (not low <= 0 <= high)


def test_a_seed_gives_the_same_answer(panel: pd.DataFrame) -> None:
    first, again, other = (
        wild_cluster_bootstrap(panel, **MODEL, draws=499, seed=seed) for seed in (1, 1, 2)
    )
    assert first == again
    assert first.p != other.p or first.ci_low != other.ci_low


def test_bootstrap_and_normal_theory_agree_where_both_should() -> None:
    frame = make_panel(n_units=300, n_treated=150, effect=0.15, seed=21)
    plain = twfe(frame, **MODEL)
    for kind in ("rademacher", "webb"):
        wild = wild_cluster_bootstrap(frame, **MODEL, weight_type=kind)
        assert wild.p == pytest.approx(plain.p, abs=0.02)
        assert wild.ci_low == pytest.approx(plain.ci_low, abs=0.1 * plain.se)


def test_bad_requests_are_refused(panel: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="weight_type must be 'rademacher' or 'webb'"):
        wild_cluster_bootstrap(panel, **MODEL, weight_type="mammen")
    with pytest.raises(ValueError, match="draws must be a positive whole number"):
        wild_cluster_bootstrap(panel, **MODEL, draws=0)
    with pytest.raises(ValueError, match=r"'did' \(treatment\): no treated unit"):
        wild_cluster_bootstrap(panel.assign(did=0.0), **MODEL)
    with pytest.raises(ValueError, match=r"'did' \(regressor\) does not vary"):
        wild_cluster_bootstrap(panel.assign(did=panel["post"]), **MODEL)


def test_the_table_states_what_was_done(panel: pd.DataFrame) -> None:
    row = wild_cluster_bootstrap(panel, **MODEL, draws=199, weight_type="webb").to_frame().iloc[0]
    assert row["convention"] == ("wild cluster bootstrap, null imposed, 199 draws of webb weights")
