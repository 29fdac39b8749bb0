"""core_indices: bases, reasons, controls, worked out by hand."""

import itertools

import numpy as np
import pandas as pd
import pytest

from oib_pipeline.contract.tables import tables
from oib_pipeline.contract.variables import variables
from oib_pipeline.indices import INDICATORS, compute_indices

VA = {"primary_va_mcny": 10.0, "secondary_va_mcny": 40.0, "tertiary_va_mcny": 50.0}
PRINTED = {"primary_share_pct": 20.0, "secondary_share_pct": 30.0, "tertiary_share_pct": 50.0}
HEADS = {"primary_employment_k": 30.0, "secondary_employment_k": 30.0}
HEADS |= {"tertiary_employment_k": 40.0}
EMPLOYED = {"primary_employment_pct": 30.0, "secondary_employment_pct": 30.0}
EMPLOYED |= {"tertiary_employment_pct": 40.0}
THEIL = 0.1 * np.log(0.1 / 0.3) + 0.4 * np.log(0.4 / 0.3) + 0.5 * np.log(0.5 / 0.4)


def row(**values):
    key = {"precedence": "ccsy", "city_code": "320300", "year": 2017, "scope": "districts"}
    empty = dict.fromkeys(variables(), np.nan)
    return compute_indices(pd.DataFrame([key | empty | values])).iloc[0]


def test_the_columns_are_the_contract_s():
    assert set(row().index) == set(tables()["core_indices"].columns)


def test_value_added_is_preferred_to_printed_shares():
    result = row(**VA, **PRINTED, **HEADS)
    assert result["share_basis"] == "value_added"
    assert result["ais"] == pytest.approx(2.4)
    assert result["theil"] == pytest.approx(THEIL)
    assert pd.isna(result["ais_reason"])
    assert pd.isna(result["theil_reason"])


def test_printed_shares_serve_where_value_added_is_not_whole():
    result = row(**PRINTED, **EMPLOYED, primary_va_mcny=10.0)
    assert result["share_basis"] == "output_shares"
    assert result["employment_basis"] == "employment_shares"
    assert result["ais"] == pytest.approx(0.2 + 0.6 + 1.5)


def test_printed_shares_a_rounding_off_100_are_made_to_sum_to_one():
    result = row(**(PRINTED | {"tertiary_share_pct": 50.1}))
    assert result[["primary_share", "secondary_share", "tertiary_share"]].sum() == pytest.approx(1)


def test_printed_shares_far_from_100_give_no_index_and_say_so():
    result = row(**(PRINTED | {"tertiary_share_pct": 60.0}))
    assert np.isnan(result["ais"])
    assert result["ais_reason"] == "output: printed shares do not sum to 100"
    assert pd.isna(result["share_basis"])


def test_theil_says_which_side_is_lacking():
    assert row(**VA)["theil_reason"] == "employment: no source has all three sectors"
    both = "output: no source has all three sectors; employment: no source has all three sectors"
    assert row()["theil_reason"] == both
    assert row(**VA, **(HEADS | {"primary_employment_k": 0.0}))["theil_reason"] == (
        "employment: a sector with output has no employment"
    )


def test_controls_by_hand():
    result = row(
        gdp_mcny=600.0,
        population_resident_k=20.0,
        area_km2=40.0,
        land_granted_ha=8.0,
        land_granted_market_ha=6.0,
        industrial_enterprises_n=90.0,
        construction_land_km2=30.0,
        road_area_km2=0.3,
    )
    assert result["ln_gdp_per_capita"] == pytest.approx(np.log(30000))
    assert result["population_density"] == pytest.approx(500)
    assert result["land_marketization"] == pytest.approx(0.75)
    assert result["enterprise_density"] == pytest.approx(3)
    assert result["road_area_per_capita"] == pytest.approx(15)


def test_printed_figures_are_preferred_to_derived_ones():
    result = row(
        gdp_mcny=600.0,
        population_resident_k=20.0,
        gdp_per_capita_cny=28000.0,
        road_area_km2=0.3,
        road_area_per_capita_m2=14.0,
    )
    assert result["ln_gdp_per_capita"] == pytest.approx(np.log(28000))
    assert result["road_area_per_capita"] == 14.0


def test_a_zero_below_the_line_gives_no_ratio():
    assert np.isnan(row(population_resident_k=5.0, area_km2=0.0)["population_density"])


@pytest.mark.parametrize("name", INDICATORS)
def test_every_index_follows_from_the_inputs_its_formula_names_and_no_others(name):
    """The formulas, which trace prints, agree with what is computed, in their order of choice."""
    everything = dict.fromkeys(variables(), 2.0) | VA | HEADS | PRINTED | EMPLOYED
    parts = {}
    for way in INDICATORS[name].formulas:
        parts.setdefault(way.part, []).append(way)
    for choices in itertools.product(*map(range, map(len, parts.values()))):
        used, passed_over = set(), set()
        for ways, choice in zip(parts.values(), choices, strict=True):
            used |= {*ways[choice].inputs}
            passed_over |= {one for way in ways[:choice] for one in way.inputs}
        base = everything | dict.fromkeys(passed_over - used, np.nan)
        value = row(**base)[name]
        assert np.isfinite(value)
        for variable in set(variables()) - (passed_over - used):
            changed = row(**(base | {variable: base[variable] * 1.01}))[name]
            assert (changed != value) == (variable in used), (choices, variable)
