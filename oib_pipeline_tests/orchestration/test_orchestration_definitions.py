"""What Dagster is shown: one golden of keys, lineage, checks, jobs; and the job it can start."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
import yaml
from described import described
from small_project import REPOSITORY, Project

from oib_pipeline.client.runs import YAML
from oib_pipeline.definitions import build_definitions
from oib_pipeline.study import Study, read_studies
from oib_pipeline.versions.ledger import CITY, read_ledger, removed_entries

GOLDEN = REPOSITORY / "oib_pipeline_tests" / "goldens" / "definitions.txt"


def test_definitions_are_those_of_the_golden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIB_DATA", str(REPOSITORY / "data"))
    made = described(build_definitions(read_studies(REPOSITORY / "data" / "studies").values()))
    told = "a change of lineage: look at it, then write it with goldens/make_definitions.py"
    assert made == GOLDEN.read_text(encoding="utf-8"), told


def test_every_asset_says_what_it_is_and_what_its_columns_hold() -> None:
    definitions = build_definitions(read_studies(REPOSITORY / "data" / "studies").values())
    for spec in definitions.resolve_all_asset_specs():
        assert spec.description and spec.owners and spec.kinds and spec.code_version
        if spec.group_name != "out":
            schema = spec.metadata["dagster/column_schema"]
            assert all(column.description for column in schema.columns)


def test_another_study_is_another_set_of_assets_and_no_code() -> None:
    first = Study.model_validate(
        yaml.safe_load((REPOSITORY / "data/studies/relocation_2014.yml").read_text("utf-8"))
    )
    other = first.model_copy(update={"name": "another", "results": ["descriptive", "baseline"]})
    keys = build_definitions([first, other]).resolve_all_asset_keys()
    own = sorted("/".join(key.path) for key in keys if key.path[0] == "another")
    assert own == [
        "another/core_study_panel",
        "another/est_baseline",
        "another/est_descriptive",
        "another/est_vintages",
        "another/out_city_profiles",
        "another/out_report",
    ]


def test_the_job_of_the_ui_and_the_schedule_does_what_the_command_does(
    project: Project, instance: dg.DagsterInstance
) -> None:
    project.change_study(title="Another title")
    definitions = build_definitions(read_studies(project.settings.studies).values())
    job = definitions.resolve_job_def("refresh")
    done = job.execute_in_process(instance=instance)
    assert done.success
    inner = instance.get_runs(dg.RunsFilter(tags={"oib/refresh": done.run_id}))
    assert [run.status for run in inner] == [dg.DagsterRunStatus.SUCCESS]
    assert "Another title" in project.report.read_text(encoding="utf-8")


def test_one_asset_materialized_by_hand_is_written_and_noted(
    project: Project, instance: dg.DagsterInstance
) -> None:
    definitions = build_definitions(read_studies(project.settings.studies).values())
    done = definitions.resolve_implicit_global_asset_job_def().execute_in_process(
        instance=instance,
        asset_selection=[dg.AssetKey("core_city_year")],
        partition_key="320300",
    )
    assert done.success
    assert len(project.warehouse.read("core_city_year", {"city_code": "320300"})) == 8
    project.refresh()
    assert project.said[-1].startswith("nothing new")


def test_one_city_laid_out_while_another_waits_is_judged_alone_and_says_so(
    project: Project, instance: dg.DagsterInstance
) -> None:
    done_before = list(read_ledger(project.warehouse).parts("core_city_year"))
    project.warehouse.replace_slices(
        [
            removed_entries(CITY, ["320300", "510300"]),
            removed_entries("core_city_year", done_before),
        ]
    )
    definitions = build_definitions(read_studies(project.settings.studies).values())
    done = definitions.resolve_implicit_global_asset_job_def().execute_in_process(
        instance=instance,
        asset_selection=[dg.AssetKey("core_city_year")],
        partition_key="320300",
    )
    assert done.success
    told = {check.check_name: check for check in done.get_asset_check_evaluations()}
    assert "1 more city waits" in str(told["years_complete"].description)
    assert "so it is" in str(told["agrees_with_sources"].description)
    project.refresh()
    assert any("core_city_year: 8 rows for 1 city" in line for line in project.said)
    project.refresh()
    assert project.said[-1].startswith("nothing new")


def test_the_instance_of_a_new_data_folder_is_that_of_the_committed_one() -> None:
    committed = REPOSITORY / "data" / "dagster" / "dagster.yaml"
    assert committed.read_text(encoding="utf-8") == YAML


def test_dagster_and_dg_are_told_where_the_definitions_are() -> None:
    workspace = yaml.safe_load((REPOSITORY / "workspace.yaml").read_text(encoding="utf-8"))
    module = workspace["load_from"][0]["python_module"]["module_name"]
    assert Path(REPOSITORY, *module.split(".")).with_suffix(".py").is_file()
