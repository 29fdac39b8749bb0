"""The study panel: every expected city-year, what it lacks, and who is treated when."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.tables import tables
from oib_pipeline.contract.variables import variables
from oib_pipeline.indices import compute_indices
from oib_pipeline.panel import build_study_panel
from oib_pipeline.panel.study_panel import expected_city_years


def at(panel, code, year):
    rows = panel.frame[(panel.frame["city_code"] == code) & (panel.frame["year"] == year)]
    return rows.iloc[0]


def test_every_expected_city_year_has_a_row_in_order(study, registry, city_year):
    panel = build_study_panel(study(), compute_indices(city_year), registry)
    assert len(panel.frame) == 4 * 5
    keys = panel.frame[["city_code", "year"]]
    assert keys.equals(keys.sort_values(["city_code", "year"]))
    assert panel.missing.empty
    first = list(tables()["core_study_panel"].columns)
    assert list(panel.frame.columns[: len(first)]) == first


def test_treatment_follows_the_policy(study, registry, city_year):
    panel = build_study_panel(study(), compute_indices(city_year), registry)
    pilot, other = at(panel, "320300", 2014), at(panel, "420600", 2014)
    names = ["treated", "post", "did", "event_time"]
    assert pilot[names].tolist() == [1, 1, 1, 0]
    assert other[names].tolist() == [0, 1, 0, 0]
    assert at(panel, "320300", 2013)[names].tolist() == [1, 0, 0, -1]


def with_starts(registry, starts):
    """The registry with the policy in force in these cities, each from its year."""
    rows = pd.DataFrame(
        {"policy": "moving", "city_code": [*starts], "start_year": [*starts.values()]}
    )
    others = registry.policies[registry.policies["policy"] != "moving"]
    policies = pd.concat([others, rows.assign(document="d")], ignore_index=True)
    return replace(registry, policies=policies)


def test_a_policy_with_several_start_years_is_refused_with_their_cities(study, registry):
    staggered = with_starts(registry, {"320300": 2014, "320400": 2014, "500000": 2015})
    said = r"'small': the policy 'moving' .* 2014 \(2 cities\), 2015 \(1 city\)\. .*policies\.csv"
    with pytest.raises(OibError, match=said):
        expected_city_years(study(), staggered)


def test_start_years_outside_the_study_s_cities_count_for_nothing(study, registry, city_year):
    """An excluded city's start, or that of a city outside the sample, moves no one's dates."""
    staggered = with_starts(registry, {"500000": 2015, "320400": 2013, "110000": 2012})
    plan = study(exclude=["border_change"])
    frame = build_study_panel(plan, compute_indices(city_year), staggered).frame
    assert set(frame["year"] - frame["event_time"]) == {2015}
    assert frame.groupby("year")["post"].nunique().eq(1).all()


@pytest.mark.parametrize(
    ("start", "side"), [(2012, "before it"), (2010, "before it"), (2017, "from it on")]
)
def test_a_policy_that_starts_outside_the_years_is_refused(study, registry, start, side):
    with pytest.raises(OibError, match=rf"starts in {start}, .* 2012-2016, hold none {side}"):
        expected_city_years(study(), with_starts(registry, {"320300": start}))


def test_a_gap_is_filled_on_either_side_of_the_start_and_never_across(study, registry, city_year):
    rows = city_year["city_code"].eq("420600") & city_year["year"].isin([2014])
    city_year.loc[rows, "primary_employment_pct"] = np.nan
    gaps = {"method": "linear", "limit": 2}
    indices = compute_indices(city_year)
    across = study(gaps={**gaps, "across_policy_date": True})
    assert (
        at(build_study_panel(study(gaps=gaps), indices, registry), "420600", 2014)["theil_flag"]
        == ""
    )
    assert (
        at(build_study_panel(across, indices, registry), "420600", 2014)["theil_flag"]
        == "interpolated"
    )


def test_capital_border_change_and_demonstration_are_marked(study, registry, city_year):
    panel = build_study_panel(study(), compute_indices(city_year), registry)
    assert panel.frame.groupby("city_code")["capital"].first().tolist() == [0, 0, 0, 1]
    marked = panel.frame[panel.frame["border_change"].eq(1)]
    assert marked[["city_code", "year"]].to_numpy().tolist() == [["320400", 2013]]
    marked = panel.frame[panel.frame["demonstration"].eq(1)]
    assert marked[["city_code", "year"]].to_numpy().tolist() == [["420600", 2016]]


def test_an_exclusion_takes_out_the_whole_city_and_names_it(study, registry, city_year):
    indices = compute_indices(city_year)
    panel = build_study_panel(study(exclude=["border_change"]), indices, registry)
    assert panel.excluded == ("320400",)
    assert "320400" not in set(panel.frame["city_code"])
    assert len(panel.frame) == 15


def test_excluding_every_city_to_compare_with_is_an_error(study, registry, city_year):
    indices = compute_indices(city_year)
    with pytest.raises(OibError, match="to compare with is left"):
        build_study_panel(study(exclude=["border_change", "demonstration"]), indices, registry)


def test_a_city_year_that_vanished_is_listed_and_keeps_its_row(study, registry, city_year):
    gone = (city_year["city_code"] == "420600") & (city_year["year"] == 2012)
    panel = build_study_panel(study(), compute_indices(city_year[~gone]), registry)
    assert len(panel.frame) == 20
    assert np.isnan(at(panel, "420600", 2012)["ais"])
    listed = panel.missing[panel.missing["city_code"].eq("420600")]
    assert set(listed["variable"]) == {"ais", "theil", "ln_gdp_per_capita", "population_density"}
    assert listed["reason"].str.startswith("needs ").all()


def test_a_missing_outcome_is_listed_with_the_reason_of_the_index(study, registry, city_year):
    city_year.loc[7, "primary_employment_pct"] = 99.0
    city_year.loc[8, "primary_employment_pct"] = np.nan
    panel = build_study_panel(study(), compute_indices(city_year), registry)
    assert panel.missing["reason"].tolist() == [
        "employment: printed shares do not sum to 100",
        "employment: no source has all three sectors",
    ]
    assert panel.missing["repair"].tolist() == ["", ""]


def test_a_gap_that_a_repair_filled_is_listed_as_repaired(study, registry, city_year):
    city_year.loc[3, "primary_employment_pct"] = np.nan
    plan = study(gaps={"method": "linear", "limit": 2})
    panel = build_study_panel(plan, compute_indices(city_year), registry)
    assert panel.missing["repair"].tolist() == ["interpolated"]
    assert at(panel, "320300", 2015)["theil_flag"] == "interpolated"


@pytest.mark.parametrize(
    ("years", "lacking"),
    [
        ([2012, 2018], "2017-2018"),
        ([2009, 2016], "2009-2011"),
        ([2011, 2013, 2014, 2017], "2011, 2017"),
    ],
)
def test_years_that_no_release_holds_are_named_before_any_control(
    study, registry, city_year, years, lacking
):
    plan = study(years=years, optional_controls=["population_density"])
    with pytest.raises(OibError) as caught:
        build_study_panel(plan, compute_indices(city_year), registry)
    said = str(caught.value)
    assert f"study 'small': no release of its sources (ccsy > csmar) holds {lacking} at" in said
    assert "For those they hold 2012-2016" in said
    assert "optional_controls" not in said


def test_a_year_without_any_city_of_the_sample_is_not_there(study, registry, city_year):
    """A release may hold the year, though for other cities or for none of the study's variables."""
    other = city_year[city_year["year"] == 2016].head(1).assign(city_code="110000")
    gone = city_year["year"] == 2016
    blank = city_year[gone].assign(**dict.fromkeys(variables(), np.nan))
    for frame in (pd.concat([city_year[~gone], other]), pd.concat([city_year[~gone], blank])):
        indices = compute_indices(frame.reset_index(drop=True))
        with pytest.raises(OibError, match="holds 2016 at scope whole_city"):
            build_study_panel(study(), indices, registry)


def test_a_required_control_that_is_lacking_fails_by_its_name(study, registry, city_year):
    plan = study(controls=["ln_gdp_per_capita", "land_marketization"])
    with pytest.raises(OibError, match=r"'land_marketization' is lacking: 0\.0%"):
        build_study_panel(plan, compute_indices(city_year), registry)


def test_an_optional_control_that_is_lacking_is_left_out_with_the_reason(
    study, registry, city_year
):
    names = ["ln_gdp_per_capita", "land_marketization"]
    plan = study(controls=names, optional_controls=["land_marketization"])
    panel = build_study_panel(plan, compute_indices(city_year), registry)
    assert panel.controls == ("ln_gdp_per_capita",)
    assert "land_marketization" not in panel.frame.columns
    row = panel.left_out.iloc[0]
    assert (row["control"], row["coverage"]) == ("land_marketization", 0)
    assert "land_granted_ha" in row["reason"]


def test_an_outcome_no_source_has_fails_by_its_name(study, registry, city_year):
    city_year["primary_employment_pct"] = np.nan
    with pytest.raises(OibError, match="outcome 'theil' is lacking"):
        build_study_panel(study(), compute_indices(city_year), registry)


def test_an_outcome_names_what_no_source_has_of_it_and_nothing_else(
    study, registry, city_year, sources
):
    city_year["primary_employment_pct"] = np.nan
    held = sources[sources["variable"] != "primary_employment_pct"]
    with pytest.raises(OibError) as caught:
        build_study_panel(study(), compute_indices(city_year), registry, held)
    assert str(caught.value).endswith(
        "It needs primary_employment_k and secondary_employment_k and tertiary_employment_k, or "
        "primary_employment_pct"
    )


def test_an_outcome_whose_parts_are_never_there_together_names_them_all(
    study, registry, city_year, sources
):
    half = city_year["year"] < 2014
    city_year.loc[half, "primary_employment_pct"] = np.nan
    city_year.loc[~half, "primary_va_mcny"] = np.nan
    held = sources[
        ~(sources["variable"].eq("primary_employment_pct") & (sources["year"] < 2014))
        & ~(sources["variable"].eq("primary_va_mcny") & (sources["year"] >= 2014))
    ]
    with pytest.raises(OibError, match=r"primary_va_mcny and .*; primary_employment_k and"):
        build_study_panel(study(), compute_indices(city_year), registry, held)


def test_figures_of_the_other_scope_are_never_used(study, registry, city_year):
    other = city_year.assign(scope="districts", area_km2=1.0)
    both = pd.concat([city_year, other], ignore_index=True)
    alone = build_study_panel(study(), compute_indices(city_year), registry).frame
    pd.testing.assert_frame_equal(
        build_study_panel(study(), compute_indices(both), registry).frame, alone
    )


def test_values_that_rest_on_a_corrected_figure_are_flagged(study, registry, city_year, sources):
    mark = (sources["variable"] == "secondary_va_mcny") & (sources["year"] == 2015)
    mark &= sources["city_code"] == "500000"
    sources.loc[mark, "correction"] = "1 used: wrong"
    panel = build_study_panel(study(), compute_indices(city_year), registry, sources)
    flagged = panel.frame[panel.frame["ais_flag"].eq("corrected")]
    assert flagged[["city_code", "year"]].to_numpy().tolist() == [["500000", 2015]]
    assert panel.frame["theil_flag"].eq("corrected").sum() == 1
    assert panel.frame["population_density_flag"].eq("").all()


def test_a_correction_of_figures_that_were_not_used_flags_nothing(
    study, registry, city_year, sources
):
    row = sources.iloc[[0]].assign(
        variable="primary_share_pct", correction="taken out", chosen=False, value=np.nan
    )
    with_row = pd.concat([sources, row], ignore_index=True)
    panel = build_study_panel(study(), compute_indices(city_year), registry, with_row)
    assert panel.frame["ais_flag"].eq("").all()
