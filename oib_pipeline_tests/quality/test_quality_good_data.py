"""Good data pass every check, each declared check reports, and importing the room is cheap."""

import subprocess
import sys

import quality_frames as good

from oib_pipeline.analysis.catalogue import RESULTS
from oib_pipeline.quality import CHECKS, Outcome
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


def assert_all_pass(outcomes: list[Outcome], *tables: str) -> None:
    assert {o.summary for o in outcomes if not o.passed} == set()
    declared = [(table, spec.name) for table in tables for spec in CHECKS[table]]
    assert [(o.table, o.check) for o in outcomes] == declared
    assert all(o.failing.empty for o in outcomes)


def test_good_observations_pass():
    outcomes = check_raw(good.observations(), good.releases(), cities=good.CITIES)
    assert_all_pass(outcomes, "raw_releases", "raw_observations")


def test_good_sources_pass():
    assert_all_pass(check_sources(good.sources(), **EXPECTED), "core_sources")


def test_good_city_years_pass_against_their_sources():
    outcomes = check_city_year(
        good.city_year(),
        **EXPECTED,
        known_cities=good.CITIES,
        required=["gdp_mcny"],
        sources=good.sources(),
    )
    assert_all_pass(outcomes, "core_city_year")


def test_good_indices_pass():
    outcomes = check_indices(good.indices(), **EXPECTED, required=["ais", "theil"])
    assert_all_pass(outcomes, "core_indices")


def test_a_good_study_panel_passes():
    outcomes = check_study_panel(
        good.study_panel(),
        study="relocation_2014",
        years=good.YEARS,
        cities=good.CITIES,
        starts=good.STARTS,
        outcomes=["ais", "theil"],
        controls=["ln_gdp_per_capita"],
    )
    assert_all_pass(outcomes, "core_study_panel")


def test_good_estimates_pass():
    frame = good.estimates()
    outcomes = check_estimates(
        "est_baseline", frame, expected=frame, panel_rows=108, panel_cities=12
    )
    assert_all_pass(outcomes, "est_baseline")


def test_a_good_description_passes():
    panel = good.study_panel()[["ais", "theil"]]
    frame = panel.agg(["mean", "std", "min", "max"]).T.rename(columns={"std": "sd"})
    frame = frame.rename_axis("variable").reset_index().assign(study="s", n=108, missing=0)
    frame = good.complete("est_descriptive", frame)
    outcomes = check_descriptive(frame, variables=["ais", "theil"], panel_rows=108)
    assert_all_pass(outcomes, "est_descriptive")


def test_tables_ready_for_the_report_pass():
    tables = {"est_baseline": good.estimates(), "est_dynamic": good.estimates()}
    outcomes = check_before_report(tables, study="relocation_2014", results=["baseline", "dynamic"])
    assert_all_pass(outcomes, "report")


def test_no_findings_pass():
    findings = good.complete("core_findings", good.city_year().iloc[:0])
    assert_all_pass(check_findings(findings), "core_findings")


def test_every_result_of_a_study_has_declared_checks():
    assert {f"est_{name}" for name in RESULTS} <= set(CHECKS)


def test_names_of_checks_are_snake_case_and_unique_in_a_table():
    for table, specs in CHECKS.items():
        names = [spec.name for spec in specs]
        assert len(set(names)) == len(names), table
        assert all(name.isidentifier() and name.islower() for name in names)


def test_declaring_checks_imports_neither_great_expectations_nor_pandas():
    code = (
        "import sys, oib_pipeline.quality as q; q.CHECKS; "
        "loaded = {'great_expectations', 'pandas', 'dagster'} & set(sys.modules); "
        "assert not loaded, loaded; "
        "from oib_pipeline.quality import cache, pages, suites; "
        "assert 'great_expectations' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
