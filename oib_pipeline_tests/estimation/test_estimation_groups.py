"""Effects by group, their joint test, and the ledger of standard errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from estimation_panels import make_panel

from oib_pipeline.estimation import (
    by_group,
    ledger,
    placebo,
    twfe,
    wild_cluster_bootstrap,
)

MODEL = {"outcome": "y", "treatment": "did", "unit": "city", "time": "year"}
PARTS = {"outcome": "y", "treated": "treated", "post": "post", "unit": "city", "time": "year"}


def test_each_group_is_its_own_model(panel: pd.DataFrame) -> None:
    table = by_group(panel, group="region", controls=["x1"], draws=99, **MODEL).to_frame("m")
    for region, rows in panel.groupby("region"):
        own = twfe(rows, controls=["x1"], **MODEL).to_frame()
        got = table[table["group"] == region]
        np.testing.assert_allclose(got["estimate"], own["estimate"])
        np.testing.assert_allclose(got["se"], own["se"])
        counts = rows.groupby("city")["treated"].first().value_counts()
        assert (got["n_treated"].iloc[0], got["n_control"].iloc[0]) == (counts[1], counts[0])
    assert list(table["term"]) == ["did", "x1"] * 3
    assert table.loc[table["term"] == "x1", "p_t"].isna().all()


def test_equality_is_the_test_of_the_interacted_model(panel: pd.DataFrame) -> None:
    import pyfixest

    result = by_group(panel, group="region", draws=0, **MODEL)
    pooled = pyfixest.feols(
        "y ~ i(region, did) | city + region^year", panel.assign(did=panel["did"]),
        vcov={"CRV1": "city"}, ssc=pyfixest.ssc(k_adj=False, G_adj=False),
    )  # fmt: skip
    beta, v = pooled.coef().to_numpy(), pooled._vcov
    contrast = np.array([[1.0, -1, 0], [0, 1, -1]])
    # the pooled CR0 lacks each group's own small-sample factor; put them in
    sizes = [(14, 126), (13, 117), (13, 117)]
    by_size = np.array([g / (g - 1) * (n - 1) / (n - 1 - 9) for g, n in sizes])
    regions = ["Central", "East", "West"]
    order = [rows.groupby("city").ngroups for _, rows in panel.groupby("region")]
    factor = np.array([by_size[[g for g, _ in sizes].index(size)] for size in order])
    scaled = contrast @ np.diag(np.diag(v) * factor) @ contrast.T
    wald = (contrast @ beta) @ np.linalg.solve(scaled, contrast @ beta)
    assert [one.label for one in result.estimates] == regions
    assert result.equality.statistic == pytest.approx(wald / 2, rel=1e-6)
    assert (result.equality.df, result.equality.df_denominator) == (2, 37)


def test_permutation_by_group_is_the_placebo_of_the_group(panel: pd.DataFrame) -> None:
    result = by_group(panel, group="region", draws=4999, **MODEL)
    for one in result.estimates:
        rows = panel[panel["region"] == one.label]
        own = placebo(rows, **PARTS, draws=4999, seed=9)
        assert one.p_t == pytest.approx(own.p_t, abs=0.03)


def test_equality_is_rejected_where_groups_differ_and_not_where_all_shift_alike() -> None:
    frame = make_panel(n_units=120, n_treated=30, seed=3)
    alike = by_group(frame, group="region", draws=499, **MODEL)
    shifted = by_group(
        frame.assign(y=frame["y"] + 9 * frame["did"]), group="region", draws=499, **MODEL
    )
    assert shifted.equality.p == pytest.approx(alike.equality.p, abs=1e-9)
    assert shifted.equality_p_permuted == pytest.approx(alike.equality_p_permuted)
    apart = frame.assign(y=frame["y"] + 3 * frame["did"] * (frame["region"] == "East"))
    result = by_group(apart, group="region", draws=499, **MODEL)
    assert result.equality.p < 0.01 and result.equality_p_permuted < 0.05


def test_a_group_without_treated_units_keeps_its_row_and_reason(panel: pd.DataFrame) -> None:
    none = panel.assign(did=panel["did"] * (panel["region"] != "West"))
    table = by_group(none, group="region", draws=19, **MODEL).to_frame()
    west = table[table["group"] == "West"].iloc[0]
    assert np.isnan(west["estimate"]) and np.isnan(west["p"]) and west["n_treated"] == 0
    assert "no treated unit" in west["note"]
    assert table["joint_df"].iloc[0] == 1


def test_groups_that_cut_units_or_clusters_are_refused(panel: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="'year' must have the same value in all rows of one unit"):
        by_group(panel, group="year", **MODEL)
    with pytest.raises(ValueError, match="all rows of one cluster"):
        by_group(panel, group="region", cluster="year", **MODEL)
    with pytest.raises(ValueError, match=r"'region' \(group\): no group has an estimate"):
        by_group(panel.assign(did=0.0), group="region", **MODEL)


def test_the_ledger_agrees_with_each_method_on_its_own(panel: pd.DataFrame) -> None:
    import pandas as pd
    from linearmodels.panel import PanelOLS

    table = ledger(panel, controls=["x1"], draws=499, bootstrap_draws=499, **PARTS)
    rows = table.set_index("method")
    plain = twfe(panel, controls=["x1"], **MODEL)
    assert (table["estimate"] == rows.loc["convention", "estimate"]).all()
    assert rows.loc["convention", "se"] == pytest.approx(plain.se)
    indexed = panel.set_index(["city", "year"])
    default = PanelOLS(
        indexed["y"], indexed[["did", "x1"]], entity_effects=True, time_effects=True
    ).fit(cov_type="clustered", cluster_entity=True)
    assert rows.loc["PanelOLS default", "se"] == pytest.approx(default.std_errors["did"], rel=1e-9)
    assert rows.loc["PanelOLS default", "p"] == pytest.approx(default.pvalues["did"], rel=1e-6)
    none = pd.Series(
        PanelOLS(indexed["y"], indexed[["did", "x1"]], entity_effects=True, time_effects=True)
        .fit(cov_type="clustered", cluster_entity=True, debiased=False, auto_df=False,
             count_effects=False).std_errors
    )  # fmt: skip
    assert rows.loc["CR0", "se"] == pytest.approx(none["did"], rel=1e-9)
    wild = wild_cluster_bootstrap(panel, controls=["x1"], draws=499, **MODEL)
    assert rows.loc["wild bootstrap (rademacher)", "p"] == wild.p
    drawn = placebo(panel, controls=["x1"], draws=499, **PARTS)
    assert rows.loc["permutation (t)", "p"] == drawn.p_t
    assert rows.loc["permutation (coefficient)", "p"] == drawn.p_coefficient
    assert np.isnan(rows.loc["permutation (t)", "se"])


def test_panelols_default_is_about_six_percent_larger_on_a_panel_like_the_papers() -> None:
    frame = make_panel(n_units=120, n_treated=21)
    rows = ledger(frame, draws=19, bootstrap_draws=19, **PARTS).set_index("method")
    ratio = rows.loc["PanelOLS default", "se"] / rows.loc["convention", "se"]
    assert ratio == pytest.approx(1.057, abs=0.002)
