"""The summary says what the numbers carry, and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest
import report_world as world

from oib_pipeline.report.sections.introduction import summary_section
from oib_pipeline.report.text.conclusion import (
    agreement_sentences,
    checks,
    conclusion,
    permutation_p,
)
from oib_pipeline.report.text.headline import Headline, headlines
from oib_pipeline.report.text.summary import (
    certainty_sentence,
    effect_sentence,
    paper_sentence,
    pretrend_sentence,
    truth_sentence,
)

HEAD = Headline(
    outcome="ais",
    model="2",
    estimate=0.067,
    se=0.02,
    p=0.001,
    ci_low=0.028,
    ci_high=0.106,
    n_obs=1080,
    n_clusters=120,
    with_controls=True,
    sd=0.134,
    mean=2.3,
    paper=0.067,
    truth=0.067,
)


def test_the_headline_is_the_model_with_controls():
    found = {head.outcome: head for head in headlines(world.inputs())}
    frame = world.baseline()
    for outcome, model in (("ais", "2"), ("theil", "4")):
        row = frame[(frame["model"] == model) & (frame["term"] == "did")].iloc[0]
        assert found[outcome].estimate == row["estimate"]
        assert found[outcome].sd == pytest.approx(world.panel()[outcome].std())


def test_a_clear_effect_is_told_with_its_size_and_interval():
    text = effect_sentence(HEAD, world.inputs())
    assert "0.067 higher" in text
    assert "0.028 to 0.106" in text
    assert "0.50 of the standard deviation" in text
    assert "in the direction the policy intends" in text


def test_an_effect_the_data_cannot_tell_from_zero_is_not_called_one():
    text = effect_sentence(replace(HEAD, ci_low=-0.01, ci_high=0.144, p=0.09), world.inputs())
    assert "cannot tell the effect from zero" in text
    assert "higher in the pilot" not in text
    assert "intends" not in text


def test_a_fall_in_ais_is_against_what_the_policy_intends():
    text = effect_sentence(
        replace(HEAD, estimate=-0.067, ci_low=-0.1, ci_high=-0.03), world.inputs()
    )
    assert "0.067 lower" in text
    assert "against what the policy intends" in text


def test_without_a_standard_error_nothing_is_said_of_certainty():
    none = float("nan")
    head = replace(HEAD, se=none, p=none, ci_low=none, ci_high=none)
    assert "not defined" in effect_sentence(head, world.inputs())
    assert "not defined" in certainty_sentence(head, world.inputs())
    assert "interval" not in paper_sentence(head)


def test_the_difference_from_the_paper_is_stated_as_it_is():
    assert "a difference of −0.013" in paper_sentence(replace(HEAD, estimate=0.054))
    assert "leaves out that figure" in paper_sentence(replace(HEAD, ci_low=0.07, ci_high=0.1))
    assert paper_sentence(replace(HEAD, paper=None)) == ""


def test_the_truth_of_a_synthetic_sample_is_told_in_standard_errors():
    assert "0.7 standard errors apart" in truth_sentence(replace(HEAD, estimate=0.053))
    assert truth_sentence(replace(HEAD, truth=None)) == ""


def test_a_permutation_test_that_was_not_made_is_missed():
    assert "no permutation test" in certainty_sentence(HEAD, world.inputs())


def test_permutation_and_clustering_that_disagree_are_said_to():
    rows, _ = world.placebos()
    inputs = world.inputs(placebo=rows.assign(p_t=0.2))
    assert permutation_p(HEAD, inputs) == 0.2
    assert "disagree at 5%" in certainty_sentence(HEAD, inputs)


def test_a_failed_pretrend_test_is_no_sign_of_parallel_trends():
    rows = world.events()[world.events()["outcome"] == "ais"]
    assert "already moving apart" in pretrend_sentence("ais", rows.assign(pretrend_p=0.01), 2014)
    assert "cannot prove" in pretrend_sentence("ais", rows.assign(pretrend_p=0.6), 2014)
    gone = rows.assign(pretrend_p=float("nan"))
    assert "not defined" in pretrend_sentence("ais", gone, 2014)


def _made(inputs: object) -> list:
    return [(HEAD, checks(HEAD, inputs))]  # type: ignore[arg-type]


def test_checks_that_disagree_with_the_headline_are_named():
    inputs = world.full(psm_did=world.psm().assign(estimate=-0.01))
    made = {check.where: check for check in checks(HEAD, inputs)}
    assert "have the other sign" in made["matching"].found
    assert not made["matching"].agrees
    assert any("against it: matched cities" in said for said in agreement_sentences(_made(inputs)))


def test_each_check_that_was_made_is_counted_once():
    made = checks(HEAD, world.full())
    assert [check.where for check in made].count("robust") == 2
    assert len(made) == 6
    assert f"Of {len(made)} checks" in conclusion(_made(world.full()), world.full()) or (
        "All 6 checks" in conclusion(_made(world.full()), world.full())
    )


def test_the_verdict_claims_no_effect_that_the_redrawn_pilots_do_not_see():
    rows, _ = world.placebos()
    text = conclusion(_made(inputs := world.inputs(placebo=rows.assign(p_t=0.2))), inputs)
    assert "take it as open" in text
    assert "by more than chance" not in text


def test_the_verdict_of_an_unclear_effect_claims_none():
    head = replace(HEAD, ci_low=-0.01, ci_high=0.144, p=0.09)
    text = conclusion([(head, [])], world.inputs())
    assert "no effect on advanced industrial structure (AIS)" in text


def test_the_verdict_warns_where_the_groups_moved_apart_before():
    events = world.events().assign(pretrend_p=0.003)
    inputs = world.inputs(event_study=events)
    assert "already moving apart before 2014" in conclusion(_made(inputs), inputs)


def test_real_data_are_not_said_to_have_a_known_truth():
    study = world.study().model_copy(update={"synthetic": False})
    inputs = world.inputs(study=study, releases=world.releases().assign(synthetic=False))
    text = repr(summary_section(inputs))
    assert "true effect" not in text
    assert "data are not public" in text
