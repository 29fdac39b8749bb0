"""Every result has the rows it must have, passes its checks, and agrees with the others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from oib_pipeline.analysis.catalogue import RESULTS
from oib_pipeline.analysis.models import arranged, compute
from oib_pipeline.contract.tables import tables
from oib_pipeline.quality.contract_suite import check_further
from oib_pipeline.quality.suites.results import (
    check_before_report,
    check_descriptive,
    check_estimates,
)

FURTHER = ("psm_did", "placebo", "regional", "robustness", "inference")
TRUTH = {"ais": 0.067, "theil": -0.042}


def did(result, **where):
    rows = result.frame[result.frame["term"] == "did"]
    for name, value in where.items():
        rows = rows[rows[name] == value]
    return rows


@pytest.mark.parametrize("name", [name for name in RESULTS if name != "descriptive"])
def test_a_result_passes_the_checks_of_its_table(made, data, name):
    outcomes = check_estimates(
        f"est_{name}",
        made[name].frame,
        expected=made[name].expected,
        panel_rows=len(data.panel),
        panel_cities=data.panel["city_code"].nunique(),
    )
    assert [outcome.summary for outcome in outcomes if not outcome.passed] == []


def test_descriptive_statistics_pass_their_checks(made, data):
    result = made["descriptive"]
    names = list(result.expected["variable"])
    outcomes = check_descriptive(result.frame, variables=names, panel_rows=len(data.panel))
    assert all(outcome.passed for outcome in outcomes)


@pytest.mark.parametrize("name", [name for name, one in RESULTS.items() if one.extra_tables])
def test_tables_beside_a_result_are_those_declared_and_pass_their_checks(made, name):
    also = made[name].also
    assert tuple(also) == RESULTS[name].extra_names
    for table, frame in also.items():
        assert len(frame) or table == "est_unflagged"  # no value of this panel is flagged
        assert set(frame) <= set(tables()[table].columns)
        assert all(outcome.passed for outcome in check_further(table, frame))


def test_one_estimate_stands_in_every_table(made):
    frames = {f"est_{name}": made[name].frame for name in RESULTS}
    outcomes = check_before_report(frames, study="relocation_2014", results=list(RESULTS))
    assert [outcome.summary for outcome in outcomes if not outcome.passed] == []
    for outcome, model in (("ais", "2"), ("theil", "4")):
        headline = did(made["baseline"], outcome=outcome, model=model)["estimate"].item()
        placebo = did(made["placebo"], outcome=outcome)
        assert placebo["model"].item() == model
        assert placebo["estimate"].item() == pytest.approx(headline, abs=1e-10)
        ledger = did(made["inference"], outcome=outcome)["estimate"]
        assert np.allclose(ledger, headline, rtol=0, atol=1e-10)
        first = did(made["robustness"], outcome=outcome, model="headline")["estimate"].item()
        assert first == pytest.approx(headline, abs=1e-10)


@pytest.mark.parametrize("name", FURTHER)
def test_the_order_of_rows_survives_a_table_that_has_none(made, name):
    table = f"est_{name}"
    frame = made[name].frame
    shuffled = frame.sample(frac=1, random_state=1).assign(of_another_study=np.nan)
    back = arranged(table, shuffled)
    pd.testing.assert_frame_equal(back, frame.drop(columns="place")[back.columns])
    assert "of_another_study" not in back


@pytest.mark.parametrize("name", FURTHER)
def test_a_result_is_the_same_twice(quick, data, name):
    once, again = compute(name, quick, data), compute(name, quick, data)
    pd.testing.assert_frame_equal(once.frame, again.frame)
    for table, frame in once.also.items():
        pd.testing.assert_frame_equal(frame, again.also[table])


def test_the_seed_of_the_study_moves_the_permutation_and_nothing_else(quick, data):
    plan = quick.placebo.model_copy(update={"seed": 7})
    one = compute("placebo", quick, data).frame
    other_study = quick.model_copy(update={"placebo": plan})
    other = compute("placebo", other_study, data)
    assert (one["estimate"] == other.frame["estimate"]).all()
    drawn = compute("placebo", quick, data).also["est_placebo_draws"]
    assert (drawn["t"] != other.also["est_placebo_draws"]["t"]).all()


def test_the_sample_s_effects_are_found_by_every_way_of_matching_and_in_the_regions(made):
    for outcome, truth in TRUTH.items():
        rows = did(made["psm_did"], outcome=outcome, matched_on="unit")
        assert list(rows["method"]) == ["nearest", "kernel", "radius"]
        assert (rows["ci_low"] < truth).all() and (truth < rows["ci_high"]).all()
        assert (rows["p_t"] < 0.05).all()
        regions = did(made["regional"], outcome=outcome)
        weight = regions["n_treated"] / regions["n_treated"].sum()
        spread = np.sqrt((weight**2 * regions["se"] ** 2).sum())
        assert abs((weight * regions["estimate"]).sum() - truth) < 2.5 * spread
        assert (did(made["placebo"], outcome=outcome)["p_t"] < 0.01).all()
