"""City profiles are made when asked for, lie beside the report, and agree with the trace."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import dagster as dg
import pytest
from small_project import Project

from oib_pipeline.cli import main
from oib_pipeline.defs.lib.folders import replaced_folder
from oib_pipeline.defs.studies.report import profile_inputs
from oib_pipeline.panel import trace
from oib_pipeline.registry.registry import load_registry
from oib_pipeline.report.cities.tables import anchor, cells, cells_table, values
from oib_pipeline.study import read_studies
from oib_pipeline.versions.plan import note_old_pages, pages_to_make

CITY = "320300"
SHORT = ("320300", "320400")
ENDS = ("130200", "620200")  # others lie between them


def holding(project: Project) -> SimpleNamespace:
    """What assets are given, of the refreshed project."""
    return SimpleNamespace(
        inputs=SimpleNamespace(studies=read_studies(project.settings.studies)),
        warehouse=project.warehouse,
        settings=project.settings,
        registry=load_registry(project.settings.registry),
    )


def test_profiles_are_made_on_demand_and_only_those_that_are_missing(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    cities = project.report.parent / "cities"
    index = (cities / "index.html").read_text(encoding="utf-8")
    assert "120 of 120 cities have no profile yet" in index
    for code in set(holding(project).registry.sample("old_industrial_120")) - {*SHORT}:
        (cities / f"{code}.html").write_text("already there")
    assert main(["refresh", "--profiles"]) == 0
    assert "small/out_city_profiles: 2 of 120 cities" in capsys.readouterr().out
    assert "Xuzhou 徐州市" in (cities / f"{CITY}.html").read_text(encoding="utf-8")
    assert (cities / "110000.html").read_text() == "already there"
    index = (cities / "index.html").read_text(encoding="utf-8")
    assert "no profile yet" not in index
    assert main(["refresh", "--profiles"]) == 0
    assert "small: every city has its profile" in capsys.readouterr().out


def test_a_partition_counts_as_made_where_its_page_is(
    project: Project, instance: dg.DagsterInstance
) -> None:
    cities = project.report.parent / "cities"
    for code in set(holding(project).registry.sample("old_industrial_120")) - {*ENDS}:
        (cities / f"{code}.html").write_text("already there")
    assert main(["refresh", "--profiles"]) == 0
    made = instance.get_materialized_partitions(dg.AssetKey(["small", "out_city_profiles"]))
    assert made == {*ENDS}


def test_a_profile_says_of_each_value_what_the_trace_says(refreshed: Project) -> None:
    inputs = profile_inputs(holding(refreshed), "small")  # type: ignore[arg-type]
    panel = refreshed.warehouse.read("core_study_panel", {"study": "small", "city_code": CITY})
    found = cells(inputs, CITY)
    chosen = found[~found["passed"]].set_index(["year", "variable"])
    for value in values(inputs, CITY):
        told = trace(
            inputs.report.study,
            CITY,
            value.year,
            value.name,
            panel=panel,
            indices=inputs.indices,
            sources=inputs.report.frame("sources"),
        )
        assert value.used == pytest.approx(told.value, rel=0, abs=0, nan_ok=True)
        assert value.flag == told.flag
        assert value.formulas == told.formulas
        assert value.inputs == tuple(given.variable for given in told.inputs)
        for given in told.inputs:
            row = chosen.loc[(value.year, given.variable)]
            origin = given.origins[0]
            assert (row["file"], row["sheet"], row["cell"]) == (
                origin.file,
                origin.sheet,
                origin.cell,
            )


def test_every_panel_value_leads_to_a_row_that_is_there(refreshed: Project) -> None:
    inputs = profile_inputs(holding(refreshed), "small")  # type: ignore[arg-type]
    table = cells_table(cells(inputs, CITY))
    there = {row.cells[0].anchor for row in table.rows}
    for value in values(inputs, CITY):
        assert {anchor(value.year, name) for name in value.inputs} <= there


def test_a_new_report_has_the_profiles_that_were_there_made_anew_and_no_others(
    project: Project,
) -> None:
    cities = project.report.parent / "cities"
    for code in ("110000", CITY):
        (cities / f"{code}.html").write_text("of the report before")
    (cities / "999999.html").write_text("of a city that left the sample")
    project.change_study(years=[2012, 2014])
    project.refresh("small")
    told = "small: the report is new, so the profiles it had are made anew: 2"
    assert told in project.said
    assert {path.name for path in cities.iterdir()} == {
        "index.html",
        "110000.html",
        f"{CITY}.html",
    }
    for code, name in (("110000", "Beijing"), (CITY, "Xuzhou")):
        page = (cities / f"{code}.html").read_text(encoding="utf-8")
        assert name in page and "--year 2014" in page
    assert "118 of 120" in (cities / "index.html").read_text(encoding="utf-8")
    project.refresh("small")
    assert told not in project.said


def test_profiles_that_were_cut_short_are_taken_up_by_the_next_refresh(project: Project) -> None:
    folder = project.report.parent
    (folder / "cities" / f"{CITY}.html").write_text("of the report before")
    with replaced_folder(folder) as fresh:
        shutil.copytree(folder, fresh, dirs_exist_ok=True)
        (fresh / "cities" / f"{CITY}.html").unlink()
        note_old_pages(folder, fresh, [CITY])
    assert pages_to_make(folder) == [CITY]
    project.refresh("small")
    assert "Xuzhou" in (folder / "cities" / f"{CITY}.html").read_text(encoding="utf-8")
    assert pages_to_make(folder) == []
