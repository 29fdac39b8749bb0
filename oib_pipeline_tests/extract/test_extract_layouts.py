"""Layouts of many editions load after the rows that errors write out, or are refused in words."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

import extract_layouts_2010s  # noqa: F401 - adds its layouts to the others
import extract_layouts_unseen  # noqa: F401 - as above
import pytest
from extract_builders import contract_values, make_release
from extract_decisions import decided
from extract_layouts import LAYOUTS

from oib_pipeline.contract.errors import Problem, SourceError
from oib_pipeline.extract.inspect import inspect_path
from oib_pipeline.extract.layouts.layout import FOLDER
from oib_pipeline.extract.release import extract_release

SEED = 20180214
ROUNDS = 4
# what no row of a table can mend, and what the error must say of it
REFUSED = {
    "gdp_unit_wrong_place_percap_wanyuan": "a median of",
    "skipped_then_untitled": "below one that is skipped",
    "provincial_yearbook_cities_across": "cities stand side by side",
    "export_of_eps_indicators_in_rows": "names variables in its rows",
    "percent_as_fraction": "a median of",
    "unit_line_lost_in_continuation_but_changed": "unit of this block may be another",
    "year_in_sheet_and_title_disagree": "the data year 2016",
    "page_numbers": "its name may be lost",
    "header_translation_of_other": "two units",
    "districts_in_title_whole_in_english": "two scopes",
    "city_names_with_footnote_marks": "marks of notes after 唐山市①、邯郸市*",
}


def advised(problem: Problem) -> tuple[str, str] | None:
    """Table and row of the first row that an error writes out, for a table of layouts/."""
    found = re.search(r"`([^`]+,[^`]*)`.*?(\w+)\.csv", problem.todo)
    if not found:
        found = re.search(r"layouts/(\w+)\.csv.*?`([^`]+,[^`]*)`", problem.todo)
        return (found.group(1), found.group(2)) if found else None
    early = re.search(r"layouts/(\w+)\.csv[^`]*`([^`]+,[^`]*)`", problem.todo)
    if early and early.start(2) == found.start(1):
        return early.group(1), early.group(2)
    return found.group(2), found.group(1)


def follow(page: str, problems: list[Problem], layouts: Path) -> int:
    """Add what is advised, each row once and decided; how many there were."""
    found = [(problem, *row) for problem in problems if (row := advised(problem))]
    rows = dict.fromkeys(
        (table, decided(page, problem, table, row))
        for problem, table, row in found
        if (layouts / f"{table}.csv").exists()
    )
    for table, row in rows:
        with (layouts / f"{table}.csv").open("a", encoding="utf-8") as handle:
            handle.write(row + "\n")
    return len(rows)


@pytest.mark.parametrize("name", list(LAYOUTS))
def test_layout(name, tmp_path, registry):
    files, expected, *more = LAYOUTS[name]()
    rng = random.Random(f"{SEED}-{name}")
    name_of = {file: f"{rng.randrange(1000)} {file}" for file in files}
    release = make_release(
        tmp_path / "ccsy-2018",
        {name_of[file]: data for file, data in files.items()},
        **(more[0] if more else {}),
    )
    layouts = Path(shutil.copytree(FOLDER, tmp_path / "layouts"))
    said = ""
    for _ in range(ROUNDS):
        try:
            extraction = extract_release(release, registry, layouts)
        except SourceError as error:
            assert all(p.found and p.expected and p.todo for p in error.problems)
            said = str(error)
            if name in REFUSED or not follow(name, error.problems, layouts):
                break
        else:
            assert name not in REFUSED, "read in spite of what is wrong with it"
            values = contract_values(extraction)
            if expected is None:
                assert said or len(extraction.findings), "nothing was told"
            else:
                assert values == {k: float(f"{v:.9g}") for k, v in expected.items()}
            return
    assert name in REFUSED, said
    assert REFUSED[name] in said
    assert not inspect_path(release.folder, registry).loads


def test_a_unit_over_the_table_that_one_column_has_not_is_mended_by_a_row(tmp_path, registry):
    files, *_ = LAYOUTS["gdp_unit_wrong_place_percap_wanyuan"]()
    release = make_release(tmp_path / "ccsy-2018", files)
    layouts = Path(shutil.copytree(FOLDER, tmp_path / "layouts"))
    with (layouts / "headers.csv").open("a", encoding="utf-8") as handle:
        handle.write("ccsy,人均地区生产总值,gdp_per_capita_cny,,元,,地区生产总值\n")
    values = contract_values(extract_release(release, registry, layouts))
    assert values["320300", 2017, "districts", "gdp_per_capita_cny"] == 50_000 + 3203
