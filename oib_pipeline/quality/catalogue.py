"""Every check there is, by table: declared ahead, without importing what runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oib_pipeline.analysis.catalogue import RESULTS

if TYPE_CHECKING:
    from oib_pipeline.quality.outcome import Severity


@dataclass(frozen=True)
class CheckSpec:
    """A check: a stable name, what it proves, and whether what follows would be wrong."""

    name: str
    description: str
    blocking: bool = True
    severity: Severity = "error"


def _warning(name: str, description: str) -> CheckSpec:
    return CheckSpec(name, description, blocking=False, severity="warn")


GENERATED = (
    CheckSpec("columns_typed", "Every column of the contract is there, in its type"),
    CheckSpec("keys_unique", "The key is complete and names one row"),
    CheckSpec("values_valid", "Values lie within the contract's ranges, sets and patterns"),
)

ELSEWHERE = _warning(
    "values_valid_elsewhere", "So do those of cities, years and scopes the study does not use"
)

ESTIMATES = (
    *GENERATED,
    CheckSpec("terms_complete", "Every expected term of every model is there, and no other"),
    CheckSpec("se_positive", "Estimates are finite, standard errors finite and above zero"),
    CheckSpec("ci_contains_estimate", "The interval holds its estimate"),
    CheckSpec("t_is_estimate_over_se", "t is the estimate over its standard error"),
    CheckSpec("counts_as_expected", "City-years and clusters are those of the sample"),
)

CHECKS: dict[str, list[CheckSpec]] = {
    "raw_releases": [
        *GENERATED,
        CheckSpec("years_in_order", "The first declared data year is not after the last"),
        CheckSpec("every_release_observed", "Every release gave values"),
    ],
    "raw_observations": [
        *GENERATED,
        CheckSpec("values_parsed", "Every text that is not blank became a finite number"),
        CheckSpec("text_agrees", "A text that is a plain number reads as the value"),
        CheckSpec("years_declared", "Data years lie inside those the manifest declares"),
        CheckSpec(
            "every_year_observed", "Every file has values of its variables in each declared year"
        ),
        CheckSpec("cities_known", "Every city is in the registry"),
        CheckSpec("variables_known", "Every variable is in the contract"),
        CheckSpec("units_known", "The stated unit is one the variable may be stated in"),
        CheckSpec(
            "one_value_per_key",
            "A release gives one value for a city, year and variable (a correction may settle two)",
            blocking=False,
        ),
        _warning("years_alike", "No year holds far fewer values of a variable than the next"),
    ],
    "core_sources": [
        *GENERATED,
        CheckSpec("one_chosen", "At most one source is chosen for a city, year and variable"),
        CheckSpec("choices_explained", "A source that was passed over says why"),
        CheckSpec("bundles_whole", "The parts of a composition come from one release"),
        CheckSpec("units_known", "The stated unit is one the variable may be stated in"),
        CheckSpec("chosen_in_range", "Chosen values of the study lie in the contract's range"),
        _warning("chosen_elsewhere_in_range", "So do those chosen for other cities and years"),
        _warning("candidates_in_range", "Values passed over lie within the contract's range"),
        CheckSpec("years_complete", "Every expected year has chosen values"),
    ],
    "core_findings": [
        _warning("findings_without_error", "No rule of the reconciliation found an error"),
        _warning("findings_without_warning", "No rule of the reconciliation found a warning"),
    ],
    "core_city_year": [
        *GENERATED,
        ELSEWHERE,
        CheckSpec("cities_known", "Every city is in the registry"),
        CheckSpec("years_complete", "Every expected year has its share of the expected cities"),
        _warning("city_years_complete", "Every expected city-year has a row"),
        CheckSpec("variables_complete", "Every required variable has values in every year"),
        _warning("variables_continuous", "No variable is lost in single years"),
        CheckSpec("agrees_with_sources", "Values are those that were chosen, none dropped"),
    ],
    "core_indices": [
        *GENERATED,
        ELSEWHERE,
        CheckSpec("shares_sum_to_one", "Sector shares of output and employment sum to one"),
        CheckSpec("ais_in_range", "AIS lies in [1, 3]"),
        CheckSpec("theil_not_negative", "Theil is zero or more"),
        CheckSpec("formulas_hold", "AIS and Theil follow from the shares beside them"),
        CheckSpec("gaps_explained", "A missing index says why, and only a missing one"),
        CheckSpec("years_complete", "Every expected year has its share of the expected cities"),
    ],
    "core_study_panel": [
        *GENERATED,
        CheckSpec("city_years_complete", "Every expected city-year is there or listed"),
        CheckSpec("years_complete", "Every year has outcomes for its share of the cities"),
        CheckSpec("nothing_unexpected", "No city-year lies outside the study"),
        CheckSpec("did_is_treated_times_post", "did is treated times post"),
        CheckSpec("timing_agrees", "post and event_time count from the policy's first year"),
        CheckSpec("treated_constant", "A city is treated in every year or in none"),
        CheckSpec("treated_as_registered", "The treated cities are those of the policy"),
        CheckSpec("both_groups_present", "There is a treated and an untreated city"),
        CheckSpec("outcomes_in_range", "Outcomes lie within the contract's range"),
        CheckSpec("outcomes_finite_or_listed", "Outcomes are finite or listed as missing"),
        _warning("controls_finite_or_listed", "Controls are finite or listed as missing"),
        CheckSpec("repairs_flagged", "A value that was changed carries a flag"),
    ],
    "est_descriptive": [
        *GENERATED,
        CheckSpec("terms_complete", "Every outcome and control is described"),
        CheckSpec("order_of_statistics", "min <= mean <= max, and sd is not negative"),
        CheckSpec("counts_as_expected", "Values and missing ones make up the sample"),
    ],
    **{
        one.table: [*(ESTIMATES if one.estimator else GENERATED)]
        for one in RESULTS.values()
        if one.name != "descriptive"
    },
    **{name: [*GENERATED] for one in RESULTS.values() for name in one.extra_names},
    "report": [
        CheckSpec("results_present", "Every result the study asks for has rows, and only its own"),
        CheckSpec("one_convention", "Headline standard errors follow one convention"),
        CheckSpec("headline_agrees", "A model shown in two tables has one estimate"),
    ],
}

# What is judged while a table is being made, by who makes it, and not from its rows.
BEFORE: dict[str, list[CheckSpec]] = {
    "raw_observations": [
        CheckSpec(
            "readable",
            "Files are as the manifest declares them, and every table, header, unit and city in "
            "them is known",
        ),
    ],
}


def spec(table: str, check: str) -> CheckSpec:
    """The declaration of one check."""
    declared = [*BEFORE.get(table, ()), *CHECKS[table]]
    return next(found for found in declared if found.name == check)
