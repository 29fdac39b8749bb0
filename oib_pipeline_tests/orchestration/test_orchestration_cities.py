"""A city comes into a sample and goes: its rows, estimates and page follow, and nothing else."""

from __future__ import annotations

import dagster as dg
import pytest
from small_project import GENUINE, Project, write_yaml

from oib_pipeline.cli import main
from oib_pipeline.client.status import status
from oib_pipeline.definitions import build_definitions
from oib_pipeline.defs.partitions import register
from oib_pipeline.registry.samples import add_city, remove_city
from oib_pipeline.settings import REMOVED
from oib_pipeline.study import read_studies

SAMPLE = "old_industrial_120"


def outside(project: Project) -> str:
    """A city that the sample lacks and the releases have in every year of the study."""
    rows = project.warehouse.rows(
        "SELECT city_code FROM core.core_indices WHERE scope = 'districts' AND year BETWEEN 2012 "
        "AND 2015 AND ais IS NOT NULL AND theil IS NOT NULL AND population_density IS NOT NULL "
        "AND city_code NOT IN (SELECT city_code FROM core.core_study_panel) "
        "GROUP BY city_code HAVING count(*) = 4 ORDER BY city_code LIMIT 1"
    )
    return str(rows[0][0])


def stages(project: Project) -> list[str]:
    return [line.split(":")[0] for line in project.said if line.endswith(" s)")]


def test_a_city_of_the_registry_is_added_estimated_and_given_its_page(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    code = outside(project)
    assert main(["add-city", code, "--sample", SAMPLE]) == 0
    said = capsys.readouterr().out
    assert f"samples.csv: {code} added to {SAMPLE}" in said
    assert "raw_observations" not in said
    assert "core_city_year" not in said
    assert "cities added: " in said
    assert project.warehouse.count("core_study_panel", {"study": "small", "city_code": code}) == 4
    folder = project.report.parent / "cities"
    assert [path.name for path in folder.glob("[0-9]*.html")] == [f"{code}.html"]
    assert main(["remove-city", code, "--sample", SAMPLE]) == 0
    assert "cities removed: " in capsys.readouterr().out
    assert project.warehouse.count("core_study_panel", {"study": "small", "city_code": code}) == 0
    assert not list(folder.glob("[0-9]*.html"))


def test_the_command_says_what_becomes_of_a_city_s_policy(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    code, rest = outside(project), ["--sample", SAMPLE, "--no-refresh"]
    assert main(["add-city", code, "--treated", *rest]) == 0
    assert f"policies.csv: {code} under relocation_2014 from 2014" in capsys.readouterr().out
    assert main(["remove-city", code, *rest]) == 0
    assert f"policies.csv: {code} taken out of relocation_2014" in capsys.readouterr().out
    assert main(["remove-city", "320300", *rest]) == 0
    assert "320300 stays under relocation_2014" in capsys.readouterr().out
    assert main(["add-city", "320300", *rest]) == 0
    assert "so it is treated from 2014" in capsys.readouterr().out


def test_a_city_that_no_study_has_leaves_estimates_and_report_alone(project: Project) -> None:
    before = project.report.stat().st_mtime_ns
    facts = {"name_zh": "新沂市", "name_en": "Xinyi"}
    add_city(project.settings.registry, "329900", SAMPLE, facts)
    remove_city(project.settings.registry, "329900", SAMPLE)
    project.refresh()
    assert not [name for name in stages(project) if name.startswith("small/")]
    assert any("small: its cities' values are as they were" in line for line in project.said)
    assert project.report.stat().st_mtime_ns == before
    project.refresh()
    assert project.said[-1] == "nothing new: small up to date"


def test_a_deleted_study_leaves_the_warehouse_and_its_report_is_kept_apart(
    project: Project, instance: dg.DagsterInstance
) -> None:
    write_yaml(project.data / "studies" / "genuine.yml", {**GENUINE, "synthetic": True})
    project.refresh()
    (project.data / "studies" / "genuine.yml").unlink()
    assert any("genuine: its file is gone" in line for line in status(project.settings))
    project.refresh()
    assert any(line.startswith("taken out: study genuine") for line in project.said)
    assert not stages(project)
    for table in ("core_study_panel", "est_baseline", "est_vintages", "meta_vintages"):
        assert project.warehouse.count(table, {"study": "genuine"}) == 0
        assert project.warehouse.count(table, {"study": "small"}) > 0
    assert not (project.settings.reports / "genuine").exists()
    assert (project.settings.reports / REMOVED / "genuine" / "index.html").is_file()
    project.refresh()
    assert project.said[-1] == "nothing new: small up to date"


def test_an_order_of_sources_that_comes_and_goes_leaves_the_other_study_as_it_was(
    project: Project,
) -> None:
    other = {**GENUINE, "synthetic": True, "sources": ["ccsy", "csmar"]}
    write_yaml(project.data / "studies" / "genuine.yml", other)
    project.refresh()
    assert not [name for name in stages(project) if name.startswith("small/")]
    (project.data / "studies" / "genuine.yml").unlink()
    project.refresh()
    assert not stages(project)
    assert project.warehouse.rows("SELECT DISTINCT precedence FROM core.core_sources") == [
        ("ccsy (synthetic)",)
    ]
    project.refresh()
    assert project.said[-1] == "nothing new: small up to date"


def test_a_recoded_city_leaves_no_row_page_or_partition_under_its_old_code(
    project: Project, instance: dg.DagsterInstance
) -> None:
    for path in project.settings.registry.iterdir():
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("320300", "320399"), encoding="utf-8")
    with (project.settings.registry / "former_codes.csv").open("a", encoding="utf-8") as table:
        table.write("320300,320399,2030,a test\n")
    project.refresh()
    for table in ("core_sources", "core_city_year", "core_indices", "core_study_panel"):
        assert project.warehouse.count(table, {"city_code": "320300"}) == 0
        assert project.warehouse.count(table, {"city_code": "320399"}) > 0
    partitions = instance.get_dynamic_partitions("city")
    assert "320300" not in partitions
    assert "320399" in partitions
    assert any("cities recoded: 320300 is now 320399" in line for line in project.said)
    assert not any("was read again" in line for line in project.said)
    assert (project.report.parent / "cities" / "320399.html").is_file()
    project.refresh()
    assert project.said[-1] == "nothing new: small up to date"


def test_a_partition_of_no_city_is_refused_and_goes_with_the_next_refresh(
    project: Project, instance: dg.DagsterInstance
) -> None:
    register(instance, "city", ["nowhere"])
    studies = read_studies(project.settings.studies).values()
    job = build_definitions(studies).resolve_implicit_global_asset_job_def()
    done = job.execute_in_process(
        instance=instance,
        asset_selection=[dg.AssetKey("core_city_year")],
        partition_key="nowhere",
        raise_on_error=False,
    )
    assert not done.success
    failed = next(event for event in done.all_events if event.is_step_failure)
    told = failed.step_failure_data.user_failure_data.description
    assert told == "no release gives a value of nowhere: is it a city's code?"
    project.change_study(controls=["ln_gdp_per_capita"])
    project.refresh()
    assert "nowhere" not in instance.get_dynamic_partitions("city")
