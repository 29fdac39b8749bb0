"""A result that cannot be had says why, and stands in nobody's way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from oib_pipeline.analysis.catalogue import RESULTS
from oib_pipeline.analysis.models import compute
from oib_pipeline.quality.suites.results import check_estimates


def test_matching_without_controls_gives_the_reason_and_empty_tables(quick, data):
    bare = quick.model_copy(update={"controls": []})
    result = compute("psm_did", bare, data)
    assert "no control to match on" in result.reason
    assert result.frame.empty
    assert result.expected.empty
    assert tuple(result.also) == RESULTS["psm_did"].extra_names
    assert all(frame.empty for frame in result.also.values())
    assert compute("placebo", bare, data).reason == ""
    outcomes = check_estimates(
        "est_psm_did", result.frame, expected=result.expected, panel_rows=1080, panel_cities=120
    )
    assert [outcome.summary for outcome in outcomes if not outcome.passed] == []


def test_a_method_of_matching_that_fails_keeps_its_row_with_the_reason(quick, data):
    narrow = quick.matching.model_copy(update={"radius": 1e-12})
    result = compute("psm_did", quick.model_copy(update={"matching": narrow}), data)
    failed = result.frame[result.frame["estimate"].isna()]
    assert set(failed["method"]) == {"radius"}
    assert failed["note"].str.contains("widen it").all()
    assert result.reason == ""
    outcomes = check_estimates(
        "est_psm_did", result.frame, expected=result.expected, panel_rows=1080, panel_cities=120
    )
    assert [outcome.summary for outcome in outcomes if not outcome.passed] == []


def test_a_region_without_pilots_keeps_its_row_with_the_reason(quick, data):
    lost = data.panel["region"].eq("Northeast") & data.panel["treated"].eq(1)
    result = compute("regional", quick, replace(data, panel=data.panel[~lost]))
    rows = result.frame[result.frame["group"] == "Northeast"]
    assert len(rows) == 2
    assert rows["estimate"].isna().all()
    assert rows["note"].str.contains("no treated unit").all()
    assert result.frame.loc[result.frame["group"] == "West", "estimate"].notna().all()


@pytest.mark.parametrize("name", ["placebo", "regional", "robustness", "inference"])
def test_an_outcome_that_does_not_vary_is_told_and_the_other_is_estimated(quick, data, name):
    flat = replace(data, panel=data.panel.assign(theil=0.2))
    result = compute(name, quick.model_copy(update={"controls": []}), flat)
    theil = result.frame[result.frame["outcome"] == "theil"]
    if name == "robustness":
        # other rules for outliers and gaps are read from the indices, where Theil does vary
        theil = theil[theil["note"] != ""]
    assert len(theil)
    assert theil["estimate"].isna().all()
    assert theil["note"].str.contains("constant").all()
    assert result.frame.loc[result.frame["outcome"] == "ais", "estimate"].notna().all()
    key = ["study", "model", "outcome", "term"]
    assert not result.frame.duplicated(key).any()
    assert set(map(tuple, result.expected.to_numpy())) == set(
        map(tuple, result.frame[["model", "outcome", "term"]].to_numpy())
    )


def test_nothing_to_estimate_at_all_is_one_reason(quick, data):
    flat = replace(data, panel=data.panel.assign(theil=0.2, ais=2.0))
    result = compute("inference", quick, flat)
    assert "constant" in result.reason
    assert result.frame.empty


def test_what_stops_the_baseline_stops_the_study(quick, data):
    flat = replace(data, panel=data.panel.assign(ais=2.0))
    with pytest.raises(ValueError, match="constant"):
        compute("baseline", quick, flat)


def test_strata_that_leave_nothing_to_draw_are_told_in_the_ledger(quick, data):
    split = data.panel.assign(capital=data.panel["treated"])
    result = compute("inference", quick, replace(data, panel=split))
    rows = result.frame[result.frame["method"] == "permutation (t), by capital"]
    assert rows["note"].str.contains("nothing to draw").all()
    rest = result.frame[result.frame["method"] != "permutation (t), by capital"]
    assert np.isfinite(rest["p"]).all()
