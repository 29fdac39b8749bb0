"""Values of a panel name the rules that flag a figure they rest on, and only those."""

import numpy as np
import pandas as pd
import pytest

from oib_pipeline.indices import compute_indices
from oib_pipeline.panel import build_study_panel, findings

PLACE = {"city_code": "320300", "year": 2014}
KEYS = {"precedence": "ccsy > csmar", "scope": "whole_city"}


@pytest.fixture
def built(study, registry, city_year, sources):
    """Builds the panel with these findings; changes are to its study."""

    def build(rows, **changes):
        return build_study_panel(
            study(**changes), compute_indices(city_year), registry, sources, rows
        ).frame

    return build


def finding(variable, rule="level_jump", **changes):
    fields = {**KEYS, **PLACE, "rule": rule, "severity": "warning", "variable": variable}
    given = {"value": 1.0, "expected": "about 10", "message": "m"}
    return pd.DataFrame([fields | given | changes])


def doubts(frame, name):
    rows = frame[frame[f"{name}_doubts"] != ""]
    return rows.set_index(["city_code", "year"])[f"{name}_doubts"].to_dict()


def test_a_tenfold_figure_is_a_doubt_of_every_value_made_from_it(built, city_year, sources):
    at = (sources["city_code"] == "320300") & (sources["year"] == 2014)
    sources.loc[at & (sources["variable"] == "secondary_va_mcny"), "value"] *= 10
    frame = built(findings(sources, compute_indices(city_year)))
    for name in ("ais", "theil"):
        found = doubts(frame, name)
        assert "level_jump: secondary_va_mcny" in found["320300", 2014]
        assert {city for city, _ in found} == {"320300"}
    assert doubts(frame, "population_density") == {}


def test_a_figure_of_a_way_that_was_not_used_is_no_doubt(built, sources, city_year):
    assert doubts(built(finding("secondary_share_pct")), "ais") == {}
    assert doubts(built(finding("gdp_mcny")), "ln_gdp_per_capita") == {}
    assert doubts(built(finding("gdp_per_capita_cny")), "ln_gdp_per_capita") != {}


@pytest.mark.parametrize(
    "changes",
    [
        {"severity": "note"},
        {"value": np.nan, "rule": "hole"},
        {"scope": "districts"},
        {"precedence": "csmar"},
        {"variable": "ais", "rule": "structure_jump"},
    ],
    ids=["a note", "no value", "another scope", "another order", "the index itself"],
)
def test_what_flags_no_figure_that_was_used_is_no_doubt(built, changes):
    frame = built(finding(**({"variable": "secondary_va_mcny"} | changes)))
    assert doubts(frame, "ais") == {}


def test_a_sum_that_is_wrong_is_a_doubt_of_the_values_made_from_its_parts(built):
    frame = built(finding("value_added", "value_added_sum"))
    assert doubts(frame, "theil") == {("320300", 2014): "value_added_sum: value_added"}


def test_a_filled_gap_takes_on_the_doubts_of_the_years_it_lies_between(built, city_year):
    city_year.loc[
        (city_year["city_code"] == "320300") & (city_year["year"] == 2015), "primary_va_mcny"
    ] = np.nan
    rows = pd.concat([finding("secondary_va_mcny"), finding("tertiary_va_mcny", year=2012)])
    frame = built(rows, gaps={"method": "linear", "limit": 2})
    told = "level_jump: secondary_va_mcny"
    assert doubts(frame, "ais")["320300", 2014] == told
    assert doubts(frame, "ais")["320300", 2015] == told
    assert ("320300", 2013) not in doubts(frame, "ais")
    left = built(rows)
    assert ("320300", 2015) not in doubts(left, "ais")


def test_without_findings_no_value_has_a_doubt(study, registry, city_year, built):
    alone = build_study_panel(study(), compute_indices(city_year), registry).frame
    assert doubts(alone, "ais") == {}
    none = finding("secondary_va_mcny").iloc[:0]
    assert built(none)["ais_doubts"].eq("").all()
