"""What is special to each of the results beyond the baseline."""

from __future__ import annotations

import numpy as np
import pytest

from oib_pipeline.analysis.specification_curve import (
    employment_jumps,
    gap_rules,
    outlier_rules,
    specifications,
    variants,
)
from oib_pipeline.estimation import placebo, twfe
from oib_pipeline.study import Gaps, Outliers

KEYS = {"unit": "city_code", "time": "year"}


def test_the_ledger_holds_every_way_of_judging_and_redraws_within_strata(made, study, data):
    ledger = made["inference"].frame
    ways = [
        "CR0",
        "convention",
        "PanelOLS default",
        "wild bootstrap (rademacher)",
        "wild bootstrap (webb)",
        "permutation (t)",
        "permutation (coefficient)",
        "permutation (t), within regions",
        "permutation (t), by capital",
    ]
    assert list(ledger.loc[ledger["outcome"] == "theil", "method"]) == ways
    own = ledger[ledger["outcome"] == "theil"].set_index("method")["p"]
    for strata, way in (("region", ways[7]), ("capital", ways[8])):
        drawn = placebo(
            data.panel,
            outcome="theil",
            treated="treated",
            post="post",
            controls=study.controls,
            draws=9999,
            seed=study.placebo.seed,
            strata=strata,
            keep=0,
            **KEYS,
        )
        assert own[way] == drawn.p_t


def test_the_placebo_keeps_every_draw_and_its_p_counts_them(made, study):
    result = made["placebo"]
    for row in result.frame.itertuples():
        drawn = result.also["est_placebo_draws"]
        drawn = drawn[drawn["outcome"] == row.outcome]
        assert len(drawn) == study.placebo.draws
        beyond = (drawn["t"].abs() >= abs(row.t)).sum()
        assert row.p_t == (1 + beyond) / (1 + len(drawn))


def test_regions_stand_in_the_paper_s_order_with_counts_and_a_joint_test(made, data):
    rows = made["regional"].frame.query("term == 'did' and outcome == 'ais'")
    assert list(rows["group"]) == ["East", "Central", "West", "Northeast"]
    assert rows["n_treated"].sum() == 21
    assert rows["n_control"].sum() == 99
    assert rows["joint_p_permuted"].between(0, 1).all()
    east = data.panel[data.panel["region"] == "East"]
    controls = [c for c in made["regional"].frame["term"].unique() if c != "did"]
    alone = twfe(east, outcome="ais", treatment="did", controls=controls, **KEYS)
    assert rows["estimate"].iloc[0] == pytest.approx(alone.estimate, abs=1e-10)


def test_matched_cities_carry_their_codes_scores_and_weights(made, data):
    scores = made["psm_did"].also["est_scores"]
    treated = set(data.panel.loc[data.panel["treated"] == 1, "city_code"])
    for (outcome, method), part in scores.groupby(["outcome", "method"]):
        assert set(part.loc[part["treated"] == 1, "city_code"]) == treated
        assert set(part["city_code"]) == set(data.panel["city_code"])
        matched = part[part["weight"] > 0]
        frame = made["psm_did"].frame
        row = frame[(frame["model"] == method) & (frame["outcome"] == outcome)].iloc[0]
        assert matched["treated"].sum() == row["n_treated_matched"]
        assert (1 - matched["treated"]).sum() == row["n_controls_matched"]


def test_matching_brings_the_cities_closer(made):
    balance = made["psm_did"].also["est_balance"].query("method == 'kernel'")
    before, after = balance["std_diff_before"].abs(), balance["std_diff_after"].abs()
    assert after.mean() < 0.5 * before.mean()


def test_a_curve_has_at_least_two_hundred_specifications_each_with_a_permutation_p(made, study):
    for outcome in study.outcomes:
        frame = made["robustness"].frame
        rows = frame[frame["outcome"] == outcome]
        assert len(rows) >= 200
        assert rows["p_t"].between(1 / (1 + study.placebo.draws), 1).all()
        tests = made["robustness"].also["est_curve_test"]
        tests = tests[tests["outcome"] == outcome]
        assert len(tests) == 3
        assert (tests["n_specifications"] == len(rows)).all()


def test_the_curve_varies_what_a_referee_would(made):
    frame = made["robustness"].frame
    taken = {name: set(frame[name]) for name in frame if name.startswith("choice_")}
    assert {"all", "none", "all but population_density"} <= taken["choice_controls"]
    assert len(taken["choice_outliers"]) == 3
    assert taken["choice_gaps"] == {"filled up to 2 years", "left open"}
    assert {"2010–2018", "2012–2018", "2010–2016"} <= taken["choice_years"]
    assert taken["choice_cities"] == {
        "all",
        "without capitals",
        "without demonstration areas",
        "without border changes",
        "without employment jumps",
        "demonstration areas controlled",
    }
    assert taken["choice_time_effects"] == {"year", "region by year"}


def test_a_point_of_the_curve_is_the_model_fitted_alone(made, study, data):
    frame = made["robustness"].frame
    row = frame.query("outcome == 'ais' and model == 'years: 2010–2016; cities: without capitals'")
    own = data.panel[(data.panel["capital"] == 0) & (data.panel["year"] <= 2016)]
    alone = twfe(own, outcome="ais", treatment="did", controls=study.controls, **KEYS)
    assert row["estimate"].item() == pytest.approx(alone.estimate, abs=1e-9)
    assert row["se"].item() == pytest.approx(alone.se, abs=1e-9)


def test_panels_of_other_rules_come_from_the_panel_room_and_the_study_s_own_is_first(study, data):
    panels = variants(study, data)
    own = next(iter(panels))
    assert panels[own].drop(columns="employment_jump").equals(data.panel)
    bare = panels["as they are", "left open"]
    flags = bare[[f"{name}_flag" for name in (*study.outcomes, *study.controls)]]
    assert (flags == "").all(axis=None)
    assert bare[study.controls].isna().any(axis=None)


def test_a_rule_that_changes_nothing_is_no_specification(study, data):
    same = study.model_copy(update={"outliers": Outliers(), "gaps": Gaps()})
    assert list(outlier_rules(same)) == [
        "as they are",
        "winsorised 1–99 % by year",
        "winsorised 5–95 % by year",
    ]
    assert list(gap_rules(same)) == ["left open", "filled up to 2 years"]
    marked = data.panel.assign(employment_jump=0, border_change=0)
    one = specifications(same, {("as they are", "left open"): marked})
    assert not [spec for spec in one if "border" in spec.name or "employment" in spec.name]
    assert len({spec.name for spec in one}) == len(one)


def test_a_city_with_another_count_of_workers_is_told_by_its_shares_alone(study, data):
    quiet = data.indices.copy()
    names = [f"{sector}_employment_share" for sector in ("primary", "secondary", "tertiary")]
    quiet[names] = np.array([0.1, 0.4, 0.5])
    code = quiet["city_code"].iloc[0]
    jump = (quiet["city_code"] == code) & (quiet["year"] == 2013)
    quiet.loc[jump, names] = [0.1, 0.2, 0.7]
    changed = type(data)(data.panel, lambda: quiet, data.registry)
    assert employment_jumps(study, changed) == {code}
