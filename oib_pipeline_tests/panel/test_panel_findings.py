"""Every planted fault is found, the quiet panel raises nothing, and rounding is no conflict."""

import pandas as pd
import pytest

from oib_pipeline.contract.tables import tables
from oib_pipeline.contract.variables import variables
from oib_pipeline.indices import compute_indices
from oib_pipeline.panel import assemble, conflicts, findings
from oib_pipeline.panel.findings.rules import rules
from oib_pipeline.panel.reconcile import tolerances

CITY, YEAR = "320400", 2014


def plant(sources, variable, change, year=YEAR, scope="whole_city"):
    """The sources with one value changed, text and all."""
    here = (sources["city_code"] == CITY) & (sources["year"] == year)
    here &= (sources["variable"] == variable) & (sources["scope"] == scope)
    value = change(sources.loc[here, "value"])
    text = value.map(repr)
    return sources.assign(
        value=sources["value"].mask(here, value), text=sources["text"].mask(here, text)
    )


def add(sources, variable, value, unit, scope="whole_city", year=YEAR):
    row = sources.iloc[[0]].assign(
        city_code=CITY, year=year, variable=variable, value=value, text=repr(value), scope=scope
    )
    return pd.concat([sources, row.assign(stated_unit=unit)], ignore_index=True)


def found(sources):
    return findings(sources, compute_indices(assemble(sources)))


def rules_of(sources, year=YEAR):
    rows = found(sources)
    return set(rows.loc[rows["year"] == year, "rule"])


def test_the_quiet_panel_raises_nothing(sources):
    rows = found(sources)
    assert set(rows["rule"]) <= {"repeated_bundle"}  # its employment shares are constant
    assert list(rows.columns) == list(tables()["core_findings"].columns)


PLANTED = {
    "a digit too many": ("secondary_va_mcny", lambda v: v * 10, "value_added_sum"),
    "sectors that leave GDP": ("tertiary_va_mcny", lambda v: v * 1.1, "value_added_sum"),
    "a thousandfold unit": ("gdp_per_capita_cny", lambda v: v * 1000, "out_of_range"),
    "a negative figure": ("population_resident_k", lambda v: -v, "out_of_range"),
    "a share above 100": ("primary_employment_pct", lambda v: v + 80, "out_of_range"),
    "shares off 100": ("primary_employment_pct", lambda v: v + 2, "shares_sum"),
    "another city's head count": ("population_resident_k", lambda v: v * 1.3, "level_jump"),
    "a mistyped area": ("area_km2", lambda v: v * 1.025, "spike"),
    "a mistyped population": ("population_resident_k", lambda v: v * 1.1, "spike"),
    "a population that vanishes": ("population_resident_k", lambda v: v * 0, "level_jump"),
    "GDP per head a tenth off": ("gdp_per_capita_cny", lambda v: v * 1.1, "growth_gap"),
    "a small share mistyped": ("primary_employment_pct", lambda v: v + 0.2, "shares_sum"),
    "GDP per head of another city": ("gdp_per_capita_cny", lambda v: v * 1.4, "gdp_per_head"),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found(sources, fault):
    variable, change, rule = PLANTED[fault]
    assert rule in rules_of(plant(sources, variable, change))


def test_swapped_sectors_are_found(sources, city_year):
    here = (city_year["city_code"] == CITY) & (city_year["year"] == YEAR)
    row = city_year[here].iloc[0]
    swapped = plant(sources, "primary_va_mcny", lambda v: v * 0 + row["secondary_va_mcny"])
    swapped = plant(swapped, "secondary_va_mcny", lambda v: v * 0 + row["primary_va_mcny"])
    assert "structure_jump" in rules_of(swapped)


def test_a_value_carried_over_from_last_year_is_found(sources, city_year):
    here = (city_year["city_code"] == CITY) & (city_year["year"] == YEAR - 1)
    last = city_year.loc[here, "secondary_va_mcny"].item()
    assert "repeated_value" in rules_of(plant(sources, "secondary_va_mcny", lambda v: v * 0 + last))


def test_a_repeated_round_number_is_no_finding(sources):
    frame = add(sources, "industrial_enterprises_n", 500.0, "个", year=2013)
    frame = add(frame, "industrial_enterprises_n", 500.0, "个")
    assert "repeated_value" not in rules_of(frame)


def test_employment_that_jumps_is_found_with_its_factor(sources):
    frame = add(sources, "employment_k", 1000.0, "千人", year=2013)
    frame = add(frame, "employment_k", 2930.0, "千人")
    rows = found(frame)
    message = rows.loc[rows["rule"] == "employment_jump", "message"].item()
    assert message.startswith("employment_k is 2.93 times the 1000 of 2013 (ccsy-2018: panel.xlsx")


def test_districts_above_the_whole_city_are_found(sources, city_year):
    here = (city_year["city_code"] == CITY) & (city_year["year"] == YEAR)
    gdp = city_year.loc[here, "gdp_mcny"].item()
    assert "districts_above_city" in rules_of(
        add(sources, "gdp_mcny", gdp * 1.2, "百万元", "districts")
    )
    below = add(sources, "gdp_mcny", gdp * 0.8, "百万元", "districts")
    assert "districts_above_city" not in rules_of(below)


def test_ais_as_printed_far_from_ais_computed_is_found(sources, city_year):
    here = (city_year["city_code"] == CITY) & (city_year["year"] == YEAR)
    true = compute_indices(city_year[here])["ais"].item()
    assert "ais_as_printed" in rules_of(add(sources, "ais_as_printed", true + 0.02, "无"))
    assert "ais_as_printed" not in rules_of(add(sources, "ais_as_printed", round(true, 3), "无"))


def test_rounding_of_a_total_is_no_finding(sources):
    """GDP in whole 100 million yuan is off its sectors by up to 50 million."""
    gdp = sources["variable"] == "gdp_mcny"
    small = sources.assign(value=sources["value"].where(~sources["variable"].str.contains("_mcny")))
    small["value"] = small["value"].fillna(sources["value"] / 1000)
    rounded = (small["value"] / 100).round()
    small["value"] = small["value"].mask(gdp, 100 * rounded)
    small["text"] = small["text"].mask(gdp, rounded.map("{:.0f}".format))
    small["stated_unit"] = small["stated_unit"].mask(gdp, "亿元")
    assert "value_added_sum" not in set(found(small)["rule"])


def test_printed_shares_that_jump_or_repeat_are_found(sources):
    names = ("primary_share_pct", "secondary_share_pct", "tertiary_share_pct")
    years = {2012: (10.0, 50.0, 40.0), 2013: (10.0, 50.0, 40.0), 2014: (10.0, 35.0, 55.0)}
    frame = sources
    for year, values in years.items():
        for name, value in zip(names, values, strict=True):
            frame = add(frame, name, value, "%", year=year)
    rows = found(frame)
    jumps = rows[rows["rule"] == "share_jump"]
    assert jumps[["year", "variable"]].to_numpy().tolist() == [
        [2014, "secondary_share_pct"],
        [2014, "tertiary_share_pct"],
    ]
    repeats = rows[(rows["rule"] == "repeated_bundle") & (rows["variable"] == "output_shares")]
    assert repeats["year"].tolist() == [2013]


def test_employment_that_its_sectors_do_not_make_is_found(sources):
    frame = add(sources, "employment_k", 130.0, "千人")
    for name in ("primary", "secondary", "tertiary"):
        frame = add(frame, f"{name}_employment_k", 40.0, "千人")
    assert "employment_sum" in rules_of(frame)


def test_the_rules_name_only_what_there_is():
    names = set(variables()) | {spec.bundle for spec in variables().values()}
    names |= set(tables()["core_indices"].columns)
    assert all(set(rule.variables) <= names for rule in rules())
    assert {rule.severity for rule in rules()} <= {"error", "warning", "note"}


def rival(sources, variable, change, text=None):
    here = (sources["city_code"] == CITY) & (sources["year"] == YEAR)
    row = sources[here & (sources["variable"] == variable)]
    value = change(row["value"])
    other = row.assign(
        release="csmar-2024", series="csmar", cell="Z9", chosen=False, value=value
    ).assign(text=text or value.map(repr))
    return pd.concat([sources, other], ignore_index=True)


def test_sources_that_differ_are_listed_with_both_cells(sources):
    rows = conflicts(rival(sources, "gdp_mcny", lambda v: v * 1.03))
    assert list(rows.columns) == list(tables()["core_conflicts"].columns)
    row = rows.iloc[0]
    assert row["relative_difference"] == pytest.approx(0.03 / 1.03)
    assert row["place"] == "csmar-2024: panel.xlsx, sheet 2-1, Z9"
    assert row["chosen_place"].startswith("ccsy-2018: panel.xlsx, sheet 2-1, C")


def test_a_difference_within_the_tolerance_is_no_conflict(sources):
    assert conflicts(rival(sources, "gdp_mcny", lambda v: v * 1.005)).empty
    assert conflicts(rival(sources, "primary_employment_pct", lambda v: v + 0.15)).empty
    assert len(conflicts(rival(sources, "primary_employment_pct", lambda v: v + 0.5))) == 1


def test_a_difference_that_rounding_explains_is_no_conflict(sources):
    """12.6 thousand against 1 (in 10,000): both may be the same people."""
    frame = add(sources, "employment_k", 12.6, "千人")
    same = rival(frame, "employment_k", lambda v: v * 0 + 10, "1")
    same.loc[same["release"].eq("csmar-2024"), "stated_unit"] = "万人"
    assert conflicts(same).empty
    other = rival(frame, "employment_k", lambda v: v * 0 + 20, "2")
    other.loc[other["release"].eq("csmar-2024"), "stated_unit"] = "万人"
    assert len(conflicts(other)) == 1


def test_every_kind_of_variable_has_a_tolerance():
    assert {spec.kind for spec in variables().values()} <= set(tolerances())
