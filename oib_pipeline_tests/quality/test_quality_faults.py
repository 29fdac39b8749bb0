"""Each planted fault fails the check that is there for it, with the row and its cell."""

import numpy as np
import pandas as pd
import pytest
import quality_frames as good
from quality_frames import failed, of

from oib_pipeline.quality import Outcome
from oib_pipeline.quality.suites.city_year import check_city_year, check_indices
from oib_pipeline.quality.suites.observations import check_raw
from oib_pipeline.quality.suites.results import (
    check_before_report,
    check_descriptive,
    check_estimates,
)
from oib_pipeline.quality.suites.sources import check_findings, check_sources
from oib_pipeline.quality.suites.study_panel import check_study_panel

EXPECTED = {"years": good.YEARS, "cities": good.CITIES, "scope": good.SCOPE}


def raw(observations: pd.DataFrame, releases: pd.DataFrame | None = None) -> list[Outcome]:
    releases = good.releases() if releases is None else releases
    return check_raw(observations, releases, cities=good.CITIES)


def city_year(frame: pd.DataFrame, **more: object) -> list[Outcome]:
    return check_city_year(
        frame, **EXPECTED, known_cities=good.CITIES, sources=good.sources(), **more
    )


def study(panel: pd.DataFrame, **more: object) -> list[Outcome]:
    facts = {
        "study": "relocation_2014",
        "years": good.YEARS,
        "cities": good.CITIES,
        "starts": good.STARTS,
        "outcomes": ["ais", "theil"],
        "controls": ["ln_gdp_per_capita"],
    }
    return check_study_panel(panel, **(facts | more))


def estimates(frame: pd.DataFrame, expected: pd.DataFrame | None = None, **more: object):
    expected = good.estimates() if expected is None else expected
    return check_estimates(
        "est_baseline", frame, expected=expected, panel_rows=108, panel_cities=12, **more
    )


RAW = {
    "keys_unique": ("cell", "C5"),
    "values_parsed": ("value", np.nan),
    "text_agrees": ("text", "1,234.5"),
    "years_declared": ("year", 2009),
    "cities_known": ("city_code", "999900"),
    "variables_known": ("variable", "gdp"),
    "units_known": ("unit", "万兀"),
    "values_valid": ("scope", "both"),
}


@pytest.mark.parametrize("check", RAW)
def test_a_fault_in_one_observation_fails_with_its_cell(check):
    column, fault = RAW[check]
    frame = good.observations()
    frame.loc[7, column] = fault
    outcome = of(raw(frame), check, "raw_observations")
    assert not outcome.passed
    assert outcome.stops
    assert {"release", "file", "sheet", "cell"} <= set(outcome.failing)
    assert frame.loc[7, "cell"] in set(outcome.failing["cell"])


def test_a_year_without_any_observation_fails_though_the_rest_is_whole():
    frame = good.observations()
    outcomes = raw(frame[frame["year"] != 2013])
    assert failed(outcomes) == {"every_year_observed"}
    failing = of(outcomes, "every_year_observed").failing
    assert set(failing["year"]) == {2013}
    assert set(failing["variable"]) == set(frame["variable"])


def test_a_year_lost_from_one_variable_of_one_file_stops_and_is_named():
    frame = good.observations()
    lost = (frame["year"] == 2013) & (frame["variable"] == "gdp_mcny")
    outcome = of(raw(frame[~lost]), "every_year_observed")
    assert outcome.stops
    shown = outcome.failing[["file", "variable", "scope", "year", "state"]].to_numpy().tolist()
    assert shown == [[frame["file"].iloc[0], "gdp_mcny", good.SCOPE, 2013, "lost"]]


def test_a_year_that_the_series_is_known_to_lack_stops_nothing():
    frame = good.observations()
    early = good.releases().assign(series="csmar", first_year=1991)
    land = frame.assign(variable="construction_land_km2", scope="districts", unit="平方公里")
    outcome = of(raw(land, early), "every_year_observed")
    assert set(outcome.failing["year"]) == {2002, 2003, 2004, 2005, 2006, 2007, 2008, 2009}


def test_a_release_without_any_value_fails_in_each_of_its_years():
    other = good.releases().assign(release="other")
    outcome = of(
        raw(good.observations(), pd.concat([good.releases(), other])), "every_year_observed"
    )
    assert set(outcome.failing["release"]) == {"other"}


def test_a_year_with_half_the_values_of_the_next_is_a_warning_that_names_it():
    frame = good.observations()
    kept = frame["city_code"].isin(good.CITIES[:3])
    lost = (frame["year"] == 2013) & (frame["variable"] == "gdp_mcny") & ~kept
    outcome = of(raw(frame[~lost]), "years_alike")
    assert (outcome.passed, outcome.severity, outcome.blocking) == (False, "warn", False)
    shown = outcome.failing[["variable", "thin_years"]].to_numpy().tolist()
    assert shown == [["gdp_mcny", "2013 (3)"]]


def test_two_values_for_one_key_fail_and_the_same_value_in_another_unit_does_not():
    frame = good.observations()
    again = frame.iloc[[0]].assign(cell="Z99")
    assert of(raw(pd.concat([frame, again])), "one_value_per_key").passed
    other_unit = again.assign(unit="万元", value=again["value"] * 1e4, text="9" * 4)
    assert of(raw(pd.concat([frame, other_unit])), "one_value_per_key").passed
    different = of(raw(pd.concat([frame, again.assign(value=1.0)])), "one_value_per_key")
    assert sorted(different.failing["cell"]) == ["C5", "Z99"]


def test_a_release_without_licence_values_or_ordered_years_fails():
    lacking = good.releases().assign(licence=" ", first_year=2019, release="other")
    outcomes = raw(good.observations(), pd.concat([good.releases(), lacking]))
    for check in ("values_valid", "years_in_order", "every_release_observed"):
        assert not of(outcomes, check, "raw_releases").passed, check


def test_a_missing_column_and_text_among_numbers_are_named():
    frame = good.observations().drop(columns="sheet")
    frame["value"] = frame["value"].astype(object)
    frame.loc[3, "value"] = "n/a"
    outcome = of(raw(frame), "columns_typed", "raw_observations")
    assert set(outcome.failing["column"]) == {"sheet", "value"}


def test_an_empty_table_fails_for_every_expected_year():
    outcomes = city_year(good.city_year().iloc[:0])
    assert len(of(outcomes, "years_complete").failing) == len(good.YEARS)


def test_sources_chosen_twice_unexplained_or_from_two_releases_fail():
    frame = good.sources()
    rival = frame[frame["variable"] == "secondary_va_mcny"].iloc[[0]]
    rival = rival.assign(release="other", reason="")
    both = pd.concat([frame, rival], ignore_index=True)
    outcomes = check_sources(both, **EXPECTED)
    assert {"one_chosen", "choices_explained", "bundles_whole"} <= failed(outcomes)
    assert "cell" in of(outcomes, "one_chosen").failing


def test_half_a_composition_chosen_fails():
    frame = good.sources()
    row = frame.index[frame["variable"] == "tertiary_va_mcny"][0]
    frame.loc[row, ["chosen", "reason"]] = [False, "passed over: for a test"]
    outcome = of(check_sources(frame, **EXPECTED), "bundles_whole")
    assert len(outcome.failing) == 2


def test_a_chosen_value_out_of_range_stops_and_one_passed_over_warns():
    frame = good.sources()
    frame.loc[0, "value"] = -1.0
    chosen = check_sources(frame, **EXPECTED)
    assert failed(chosen) == {"chosen_in_range"}
    assert of(chosen, "chosen_in_range").failing["cell"].tolist() == ["C5"]
    others = pd.concat([good.sources(), frame.iloc[[0]].assign(release="b", chosen=False)])
    assert failed(check_sources(others, **EXPECTED)) == {"candidates_in_range"}


def test_a_fault_outside_the_study_is_told_and_stops_nothing():
    early = {"years": range(2011, 2019), "cities": good.CITIES, "scope": good.SCOPE}
    panel, index, source = good.city_year(), good.indices(), good.sources()
    panel.loc[0, "gdp_mcny"] = index.loc[0, "ln_gdp_per_capita"] = source.loc[0, "value"] = -1.0
    found = [
        *check_city_year(panel, **early, known_cities=good.CITIES),
        *check_indices(index, **early),
        *check_sources(source, **early),
    ]
    assert failed(found) == {"values_valid_elsewhere", "chosen_elsewhere_in_range"}
    assert not any(outcome.stops for outcome in found)


def test_a_year_without_chosen_values_fails():
    frame = good.sources()
    outcomes = check_sources(frame[frame["year"] != 2016], **EXPECTED)
    assert of(outcomes, "years_complete").failing["year"].tolist() == [2016]


def test_findings_of_the_reconciliation_are_reported_by_severity():
    finding = {"rule": "sum", "severity": "error", "city_code": "320100", "message": "off"}
    frame = good.complete("core_findings", pd.DataFrame([finding]))
    assert failed(check_findings(frame)) == {"findings_without_error"}


def test_a_year_that_vanished_from_the_panel_fails():
    frame = good.city_year()
    outcomes = city_year(frame[frame["year"] != 2012])
    assert {"years_complete", "city_years_complete", "agrees_with_sources"} <= failed(outcomes)
    assert of(outcomes, "years_complete").failing["year"].tolist() == [2012]
    assert len(of(outcomes, "city_years_complete").failing) == len(good.CITIES)


def test_a_year_kept_by_one_city_only_still_fails():
    frame = good.city_year()
    outcomes = city_year(frame[(frame["year"] != 2012) | (frame["city_code"] == good.CITIES[0])])
    failing = of(outcomes, "years_complete").failing
    assert failing[["year", "cities", "expected_cities"]].to_numpy().tolist() == [[2012, 1, 12]]


def test_a_required_variable_that_lost_a_year_fails():
    frame = good.city_year()
    frame.loc[frame["year"] == 2015, "gdp_mcny"] = np.nan
    outcomes = city_year(frame, required=["gdp_mcny"])
    assert {"variables_complete", "variables_continuous"} <= failed(outcomes)
    assert of(outcomes, "variables_complete").failing["year"].tolist() == [2015]


def test_a_repeated_city_year_fails_with_both_rows():
    frame = good.city_year()
    outcomes = city_year(pd.concat([frame, frame.iloc[[4]]]))
    assert len(of(outcomes, "keys_unique").failing) == 2


def test_an_impossible_value_of_the_panel_is_shown_with_its_cell():
    frame = good.city_year()
    frame.loc[20, "tertiary_va_mcny"] = 9e9
    outcome = of(city_year(frame), "values_valid")
    place = good.sources().merge(frame.loc[[20], ["city_code", "year"]])
    cell = place.loc[place["variable"] == "tertiary_va_mcny", "cell"].item()
    assert outcome.failing["cells"].tolist() == [
        f"tertiary_va_mcny: sample-ccsy/districts.xlsx, sheet 2-10, {cell}"
    ]
    assert cell in outcome.markdown()


def test_an_unknown_city_and_a_value_nobody_chose_fail():
    frame = good.city_year()
    frame.loc[0, "city_code"] = "999900"
    frame.loc[30, "gdp_mcny"] += 0.5
    outcomes = city_year(frame)
    assert {"cities_known", "agrees_with_sources"} <= failed(outcomes)


INDEX_FAULTS = {
    "shares_sum_to_one": {"primary_share": 0.5},
    "ais_in_range": {"ais": 3.2},
    "theil_not_negative": {"theil": -0.01},
    "formulas_hold": {"ais": 2.0},
    "gaps_explained": {"theil": np.nan},
    "values_valid": {"secondary_employment_share": 1.2},
    "keys_unique": {"year": 2011},
}


@pytest.mark.parametrize("check", INDEX_FAULTS)
def test_a_fault_in_the_indices_fails(check):
    frame = good.indices()
    for column, fault in INDEX_FAULTS[check].items():
        frame.loc[0, column] = fault
    outcome = of(check_indices(frame, **EXPECTED, sources=good.sources()), check)
    assert outcome.stops
    assert good.CITIES[0] in set(outcome.failing["city_code"])


def test_a_wrong_index_is_shown_with_the_cells_of_its_inputs():
    frame = good.indices()
    frame.loc[0, "ais"] = 3.2
    outcome = of(check_indices(frame, **EXPECTED, sources=good.sources()), "ais_in_range")
    assert outcome.failing["value"].tolist() == [3.2]
    for name in ("primary_va_mcny", "secondary_va_mcny", "tertiary_va_mcny"):
        assert f"{name}: sample-ccsy/districts.xlsx" in outcome.failing["cells"].item()


def test_an_index_missing_with_a_reason_passes_but_a_whole_year_of_it_fails():
    frame = good.indices()
    gap = frame["year"] == 2017
    shares = [name for name in frame if name.endswith("employment_share")]
    frame.loc[gap, ["theil", *shares]] = np.nan
    frame["theil_reason"] = np.where(gap, "no employment by sector", None)
    assert not failed(check_indices(frame, **EXPECTED))
    outcomes = check_indices(frame, **EXPECTED, required=["ais", "theil"])
    assert failed(outcomes) == {"years_complete"}


STUDY_FAULTS = {
    "did_is_treated_times_post": {"did": 1},
    "timing_agrees": {"event_time": -3},
    "treated_constant": {"treated": 0},
    "values_valid": {"region": "Middle"},
    "outcomes_in_range": {"theil": -0.2},
    "outcomes_finite_or_listed": {"ais": np.nan},
    "controls_finite_or_listed": {"ln_gdp_per_capita": np.inf},
    "repairs_flagged": {"ais_before": 1.0},
    "nothing_unexpected": {"year": 2031},
    "city_years_complete": {"year": 2031},
    "keys_unique": {"year": 2011},
    "columns_typed": {"ais_before": "two"},
}


@pytest.mark.parametrize("check", STUDY_FAULTS)
def test_a_fault_in_the_study_panel_fails(check):
    frame = good.study_panel()
    for column, fault in STUDY_FAULTS[check].items():
        frame[column] = frame[column].astype(object) if isinstance(fault, str) else frame[column]
        frame.loc[0, column] = fault
    assert not of(study(frame), check).passed


def test_a_year_that_vanished_from_the_study_panel_fails():
    frame = good.study_panel()
    outcomes = study(frame[frame["year"] != 2018])
    assert failed(outcomes) == {"years_complete", "city_years_complete"}


def test_listed_gaps_pass_and_only_those():
    frame = good.study_panel()
    frame.loc[0, "theil"] = np.nan
    first = {"city_code": good.CITIES[0], "year": 2010}
    assert of(study(frame), "outcomes_finite_or_listed").failing["city_code"].tolist()
    listed = pd.DataFrame([first | {"variable": "theil"}])
    assert not failed(study(frame, listed=listed))
    assert failed(study(frame, listed=pd.DataFrame([first | {"variable": "ais"}])))
    without = frame.drop(index=0)
    whole_row = pd.DataFrame([first | {"variable": None}])
    assert not failed(study(without, listed=whole_row))


def test_an_infinite_outcome_is_no_listed_gap():
    frame = good.study_panel()
    frame.loc[0, "theil"] = np.inf
    listed = frame.loc[[0], ["city_code", "year"]].assign(variable="theil")
    assert "outcomes_finite_or_listed" in failed(study(frame, listed=listed))


def test_a_panel_with_treated_cities_only_fails():
    frame = good.study_panel()
    frame = frame[frame["city_code"].isin(good.TREATED)]
    outcomes = study(frame, cities=good.TREATED)
    assert of(outcomes, "both_groups_present").failing["group"].tolist() == ["untreated"]


def test_a_city_treated_against_the_registry_fails():
    starts = dict.fromkeys(good.TREATED[1:], 2014)
    outcome = of(study(good.study_panel(), starts=starts), "treated_as_registered")
    assert outcome.failing["city_code"].tolist() == [good.TREATED[0]]


def test_a_flagged_repair_passes():
    frame = good.study_panel()
    frame.loc[0, ["ais_before", "ais_flag"]] = [1.0, "winsorised"]
    assert not failed(study(frame))


ESTIMATE_FAULTS = [
    ("se_positive", {"se": 0.0}),
    ("se_positive", {"se": np.nan}),
    ("se_positive", {"se": np.inf}),
    ("ci_contains_estimate", {"ci_low": 5.0}),
    ("ci_contains_estimate", {"ci_high": np.nan}),
    ("t_is_estimate_over_se", {"t": 1.0}),
    ("values_valid", {"p": 1.2}),
    ("se_positive", {"estimate": np.nan}),
    ("se_positive", {"estimate": np.inf}),
    ("counts_as_expected", {"n_obs": 109}),
    ("counts_as_expected", {"n_clusters": 11}),
    ("terms_complete", {"term": "DID"}),
]


@pytest.mark.parametrize(("check", "fault"), ESTIMATE_FAULTS)
def test_a_fault_in_the_estimates_fails(check, fault):
    frame = good.estimates()
    frame.loc[0, list(fault)] = list(fault.values())
    outcome = of(estimates(frame), check)
    assert outcome.stops
    assert not outcome.failing.empty


def test_a_model_that_is_missing_fails():
    frame = good.estimates()
    outcome = of(estimates(frame[frame["model"] != "2"]), "terms_complete")
    assert set(outcome.failing["state"]) == {"missing"}


def test_a_term_without_standard_error_by_construction_is_stated_not_guessed():
    frame = good.estimates()
    frame.loc[0, ["se", "t", "p", "ci_low", "ci_high"]] = np.nan
    assert failed(estimates(frame))
    assert not failed(estimates(frame, without_se=["did"]))


def test_a_group_without_an_estimate_passes_only_with_a_note():
    frame = good.estimates()
    gone = ["estimate", "se", "t", "p", "ci_low", "ci_high", "r2_within"]
    frame.loc[0, [*gone, "n_obs", "n_clusters"]] = [np.nan] * 7 + [0, 0]
    assert {"se_positive", "counts_as_expected"} <= failed(estimates(frame))
    frame["note"] = ["no treated city in this region", "", "", ""]
    assert not failed(estimates(frame, frame[["model", "outcome", "term"]]))


def test_a_permutation_needs_a_p_value_and_no_interval():
    frame = good.complete("est_placebo", good.estimates())
    frame[["ci_low", "ci_high"]] = np.nan
    facts = {"expected": frame, "panel_rows": 108, "panel_cities": 12}
    assert not failed(check_estimates("est_placebo", frame, **facts))
    assert "ci_contains_estimate" in failed(check_estimates("est_baseline", frame, **facts))
    frame["p"] = np.nan
    assert "ci_contains_estimate" in failed(check_estimates("est_placebo", frame, **facts))


def test_a_description_out_of_order_or_short_of_rows_fails():
    row = {"study": "s", "variable": "ais", "n": 100, "missing": 7, "mean": 4, "min": 1, "max": 3}
    frame = good.complete("est_descriptive", pd.DataFrame([row | {"sd": 0.1}]))
    outcomes = check_descriptive(frame, variables=["ais", "theil"], panel_rows=108)
    assert failed(outcomes) == {"terms_complete", "order_of_statistics", "counts_as_expected"}


def test_a_report_without_a_result_or_with_two_answers_fails():
    other = good.estimates().assign(estimate=1.0, convention="HC1")
    outcomes = check_before_report(
        {"est_baseline": good.estimates(), "est_dynamic": other},
        study="relocation_2014",
        results=["baseline", "dynamic", "placebo"],
    )
    assert failed(outcomes) == {"results_present", "one_convention", "headline_agrees"}
    assert of(outcomes, "results_present").failing["table"].tolist() == ["est_placebo"]
