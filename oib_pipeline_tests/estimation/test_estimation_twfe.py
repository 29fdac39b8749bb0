"""Two-way models against pyfixest, statsmodels, dummy variables and published figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from estimation_panels import make_panel

from oib_pipeline.estimation import twfe
from oib_pipeline.estimation.data.panel import panel_from_frame
from oib_pipeline.estimation.regression import panelols
from oib_pipeline.estimation.regression.demean import Within
from oib_pipeline.estimation.regression.fit import fit_closed_form
from oib_pipeline.estimation.regression.panelols import fit_panelols

# Coefficients of other programs agree to 1e-8, their errors after the convention to 1e-6: both
# stop iterating or factorise differently. Our two engines agree to 1e-10.
COEFFICIENT, ERROR, ENGINES = 1e-8, 1e-6, 1e-10
CONTROLS = ["x1", "x2", "x3", "x4", "x5"]
KEYS = {"unit": "city", "time": "year"}
# pyfixest's default, spelt out: (n-1)/(n-k-K) with nested effects left out of K, and G/(G-1).
SSC = {"k_adj": True, "k_fixef": "nonnested", "G_adj": True, "G_df": "min"}


def by_pyfixest(frame: pd.DataFrame, cluster: str, weights: str | None = None) -> pd.DataFrame:
    import pyfixest

    formula = f"y ~ did + {' + '.join(CONTROLS)} | city + year"
    return pyfixest.feols(
        formula, frame, vcov={"CRV1": cluster}, weights=weights, ssc=pyfixest.ssc(**SSC)
    ).tidy()


@pytest.mark.parametrize("shape", ["panel", "gappy"])
@pytest.mark.parametrize("cluster", ["city", "region", "year", "size"])
@pytest.mark.parametrize("weights", [None, "weight"])
@pytest.mark.parametrize("engine", ["panelols", "closed_form"])
def test_pyfixest_gives_the_same_table(
    shape: str, cluster: str, weights: str | None, engine: str, request: pytest.FixtureRequest
) -> None:
    frame = request.getfixturevalue(shape)
    frame = frame.assign(size=(frame["x1"].rank() // 40).astype(int))  # nests nothing
    table = twfe(
        frame, outcome="y", treatment="did", controls=CONTROLS, cluster=cluster,
        weights=weights, engine=engine, **KEYS,
    ).to_frame()  # fmt: skip
    other = by_pyfixest(frame, cluster, weights)
    assert list(table["term"]) == ["did", *CONTROLS]
    np.testing.assert_allclose(table["estimate"], other["Estimate"], atol=COEFFICIENT)
    np.testing.assert_allclose(table["se"], other["Std. Error"], rtol=ERROR)
    np.testing.assert_allclose(table["p"], other["Pr(>|t|)"], atol=1e-6)
    np.testing.assert_allclose(table["ci_low"], other["2.5%"], atol=1e-6)


@pytest.mark.parametrize("shape", ["panel", "gappy"])
def test_dummy_variables_give_the_same_table(shape: str, request: pytest.FixtureRequest) -> None:
    import statsmodels.api as sm

    frame = request.getfixturevalue(shape)
    dummies = pd.get_dummies(frame[["city", "year"]].astype(str), drop_first=True, dtype=float)
    x = sm.add_constant(pd.concat([frame[["did", *CONTROLS]], dummies], axis=1))
    groups = pd.factorize(frame["city"])[0]
    brute = sm.OLS(frame["y"], x).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}
    )
    result = twfe(frame, outcome="y", treatment="did", controls=CONTROLS, **KEYS)
    n, groups_n, k, periods = len(frame), 40, 6, 9
    factor = groups_n / (groups_n - 1) * (n - 1) / (n - k - periods)
    np.testing.assert_allclose(result.estimate, brute.params["did"], atol=COEFFICIENT)
    np.testing.assert_allclose(result.se, brute.bse["did"] * np.sqrt(factor), rtol=ERROR)


@pytest.mark.parametrize("shape", ["panel", "gappy"])
@pytest.mark.parametrize("cluster", [None, "region", "year"])
@pytest.mark.parametrize("weights", [None, "weight"])
def test_the_two_engines_give_one_answer(
    shape: str, cluster: str | None, weights: str | None, request: pytest.FixtureRequest
) -> None:
    frame = request.getfixturevalue(shape)
    read = panel_from_frame(
        frame, outcome="y", regressors=["did", *CONTROLS], cluster=cluster, weights=weights, **KEYS
    )
    tables, closed = fit_panelols(read), fit_closed_form(read)
    np.testing.assert_allclose(closed.coefficients, tables.coefficients, atol=ENGINES)
    np.testing.assert_allclose(closed.cr0, tables.cr0, atol=ENGINES)
    np.testing.assert_allclose(closed.r2_within, tables.r2_within, atol=ENGINES)


@pytest.mark.parametrize("weights", [None, "weight"])
def test_the_engine_of_tables_is_panelols_to_the_bit(
    gappy: pd.DataFrame, weights: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = ["did", *CONTROLS]
    read = panel_from_frame(gappy, outcome="y", regressors=columns, weights=weights, **KEYS)
    lean = fit_panelols(read)
    monkeypatch.setattr(panelols, "LeanPanelOLS", panelols.PanelOLS)
    whole = fit_panelols(read)
    assert np.array_equal(lean.coefficients, whole.coefficients)
    assert np.array_equal(lean.cr0, whole.cr0)
    assert lean.r2_within == whole.r2_within


@pytest.mark.parametrize("weights", [None, "weight"])
def test_every_way_of_removing_effects_gives_the_same_residuals(
    panel: pd.DataFrame, gappy: pd.DataFrame, weights: str | None
) -> None:
    for frame in (panel, gappy):
        read = panel_from_frame(frame, outcome="y", regressors=CONTROLS, weights=weights, **KEYS)
        solved = Within(read, "solve")(read.arrays)
        np.testing.assert_allclose(Within(read, "iterate")(read.arrays), solved, atol=1e-9)
        np.testing.assert_allclose(Within(read)(read.arrays), solved, atol=1e-12)


def test_within_r_squared_is_the_one_of_both_effects(panel: pd.DataFrame) -> None:
    import pyfixest

    other = pyfixest.feols("y ~ did + x1 | city + year", panel)
    result = twfe(panel, outcome="y", treatment="did", controls=["x1"], **KEYS)
    assert result.r2_within == pytest.approx(other._r2_within, abs=1e-10)


def test_a_known_effect_is_recovered() -> None:
    frame = make_panel(n_units=400, n_treated=100, effect=0.5, seed=11)
    result = twfe(frame, outcome="y", treatment="did", controls=["x1"], **KEYS)
    assert abs(result.estimate - 0.5) < 2.5 * result.se
    assert result.ci_low < 0.5 < result.ci_high


def test_castle_doctrine_gives_its_published_estimate(reference) -> None:
    castle = reference("castle.csv")
    columns = {"outcome": "l_homicide", "treatment": "post", "unit": "state", "time": "year"}
    with pytest.raises(ValueError, match=r"2005 .*2009"):
        twfe(castle, **columns)  # states adopt the law in five different years
    result = twfe(castle, **columns, staggered="allow")
    assert result.estimate == pytest.approx(0.081812, abs=5e-7)
    # The published error, 0.058335, counts the regressor and one constant but no year effects:
    # (n-1)/(n-k-1). This convention counts the T year effects, which no state nests.
    n, k, periods = 550, 1, 11
    published = result.se * np.sqrt((n - k - periods) / (n - k - 1))
    assert published == pytest.approx(0.058335, abs=5e-7)


def test_the_closed_form_serves_large_panels(monkeypatch: pytest.MonkeyPatch, panel) -> None:
    monkeypatch.setattr("oib_pipeline.estimation.regression.fit.PANELOLS_ROWS", 100)
    assert twfe(panel, outcome="y", treatment="did", **KEYS).engine == "closed_form"


def test_an_undefined_statistic_is_not_a_number(panel: pd.DataFrame) -> None:
    from oib_pipeline.estimation.regression.vcov import t_statistic

    assert np.isnan(t_statistic(np.array([0.3]), np.array([0.0]))).all()


def test_the_convention_is_stated(panel: pd.DataFrame) -> None:
    text = twfe(panel, outcome="y", treatment="did", **KEYS).convention
    assert text.startswith("clustered by city: CR0 x G/(G-1) x (n-1)/(n-k-T)")
    assert text.endswith("G-1 = 39 df")
