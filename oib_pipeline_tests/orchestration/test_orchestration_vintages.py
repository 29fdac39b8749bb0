"""Results are kept as vintages: the first says so, the next tells what changed, moved and why."""

from __future__ import annotations

import openpyxl
from small_project import Project

from oib_pipeline.client.status import status
from oib_pipeline.registry.samples import add_city

SMALL = {"study": "small"}


def revise(project: Project, edition: int, factor: float = 1.05) -> dict:
    """One printed value of a release multiplied; where it stands."""
    place = (
        project.warehouse.query(
            "SELECT file, sheet, cell, value FROM core.core_sources WHERE release = "
            f"'sample-ccsy-{edition}' AND city_code = '320300' AND variable = "
            "'gdp_per_capita_cny' AND scope = 'districts' AND chosen LIMIT 1"
        )
        .iloc[0]
        .to_dict()
    )
    path = project.release(edition) / place["file"]
    book = openpyxl.load_workbook(path)
    cell = book[place["sheet"]][place["cell"]]
    cell.value = type(cell.value)(float(str(cell.value).replace(",", "")) * factor)
    book.save(path)
    project.declare(edition)
    return place


def test_the_first_vintage_says_that_it_is_the_first(refreshed: Project) -> None:
    held = refreshed.warehouse.read("meta_vintages")
    assert list(held["vintage"]) == [1]
    assert "first vintage" in held["why"].iloc[0]
    assert refreshed.warehouse.count("meta_vintage_changes") == 0
    page = refreshed.report.read_text(encoding="utf-8")
    assert "Changes since the last vintage" in page
    assert "the first: there is none before it" in page


def test_a_vintage_keeps_every_estimate_and_what_it_was_made_from(refreshed: Project) -> None:
    kept = refreshed.warehouse.read("est_vintages", SMALL)
    made = refreshed.warehouse.read("est_baseline", SMALL)
    assert sorted(kept["estimate"]) == sorted(made["estimate"])
    inputs = refreshed.warehouse.read("meta_vintage_inputs", SMALL)
    of = inputs.groupby("kind")["name"].apply(list).to_dict()
    assert of["release"] == [f"sample-ccsy-{edition}" for edition in range(2013, 2017)]
    assert len(of["city"]) == 120
    assert of["year"] == ["2012", "2013", "2014", "2015"]
    assert {"raw_observations", "core_sources", "core_study_panel", "est_baseline"} <= {*of["code"]}
    assert "pandas" in of["library"]
    assert "controls" in of["study"]


def test_a_revised_value_makes_a_vintage_that_names_it_old_and_new(project: Project) -> None:
    place = revise(project, 2015)
    project.refresh()
    changes = project.warehouse.read("meta_vintage_changes", {**SMALL, "vintage": 2})
    revised = changes[changes["kind"] == "value"]
    assert list(revised["variable"]) == ["gdp_per_capita_cny"]
    row = revised.iloc[0]
    assert row["was_value"] == place["value"]
    assert row["now_value"] > row["was_value"]
    assert place["cell"] in row["now_place"]
    releases = changes[changes["kind"] == "release"]
    assert list(zip(releases["name"], releases["change"], strict=True)) == [
        ("sample-ccsy-2015", "revised")
    ]
    page = project.report.read_text(encoding="utf-8")
    assert "vintage 2" in page
    assert "1 value was revised" in page
    assert "Values that were revised" in page
    assert any("vintage 2" in line for line in project.said)
    told = "\n".join(status(project.settings))
    assert "vintage 2" in told
    assert "1 value was revised" in told


def test_an_edited_study_is_named_with_the_field_and_what_it_was(project: Project) -> None:
    project.change_study(controls=["ln_gdp_per_capita"])
    project.refresh()
    why = project.warehouse.read("meta_vintages", {**SMALL, "vintage": 2})["why"].iloc[0]
    assert why == (
        'the study’s field controls was ["ln_gdp_per_capita", "population_density"], '
        'is ["ln_gdp_per_capita"]'
    )
    moved = project.warehouse.read("meta_vintages", {**SMALL, "vintage": 2})["moved"].iloc[0]
    assert "s.e." in moved


def test_a_treated_city_that_comes_is_told_as_one_cause(project: Project) -> None:
    code = project.warehouse.rows(
        "SELECT city_code FROM core.core_indices WHERE scope = 'districts' AND year = 2014 AND "
        "theil IS NOT NULL AND city_code NOT IN (SELECT city_code FROM core.core_study_panel) "
        "ORDER BY city_code LIMIT 1"
    )[0][0]
    policy = {"policy": "relocation_2014"}
    add_city(project.settings.registry, code, "old_industrial_120", {}, policy)
    project.refresh()
    why = project.warehouse.read("meta_vintages", {**SMALL, "vintage": 2})["why"].iloc[0]
    assert why.startswith("cities added: ")
    assert why.endswith(f"({code}, treated from 2014)")


def test_a_new_year_is_told_as_one(project: Project) -> None:
    project.change_study(years=[2012, 2016])
    project.add_release(2017)
    project.refresh()
    why = project.warehouse.read("meta_vintages", {**SMALL, "vintage": 2})["why"].iloc[0]
    assert "data years added: 2016" in why
    assert "releases added: sample-ccsy-2017" in why
    assert "revised" not in why


def test_a_refresh_that_changes_no_result_makes_no_vintage(project: Project) -> None:
    path = project.data / "studies" / "small.yml"
    path.write_text(path.read_text(encoding="utf-8") + "# looked at\n", encoding="utf-8")
    project.refresh()
    assert project.warehouse.count("meta_vintages") == 1


def test_a_refresh_taken_up_again_makes_no_second_vintage(project: Project) -> None:
    project.change_study(controls=[])
    project.refresh()
    held, page = project.warehouse.read("meta_vintages"), project.report.read_bytes()
    forget = [("meta_slices", held.iloc[:0].reindex(columns=["stage", "part"]))]
    for table, nothing in forget:
        for stage in ("est_vintages", "out_report"):
            project.warehouse.replace(table, nothing, {"stage": stage, "part": "small"})
    project.refresh()
    assert project.warehouse.read("meta_vintages").equals(held)
    assert project.report.read_bytes() == page


def test_the_same_change_gives_the_same_page_but_for_its_number(project: Project) -> None:
    project.change_study(controls=["ln_gdp_per_capita"])
    project.refresh()
    once = project.report.read_bytes()
    project.change_study()
    project.refresh()
    project.change_study(controls=["ln_gdp_per_capita"])
    project.refresh()
    again = project.report.read_bytes()
    assert list(project.warehouse.read("meta_vintages")["vintage"]) == [1, 2, 3, 4]
    assert once.replace(b"vintage 2", b"vintage 4").replace(b"vintage 1", b"vintage 3") == again
