"""The appendix names cells: of conflicts on both sides, and of what was noted in the files."""

import pandas as pd
import pytest
import report_world as world

from oib_pipeline.report.document.blocks import Table, Text
from oib_pipeline.report.sections.appendix import appendix_sections
from oib_pipeline.report.tables.columns import CONFLICTS_SHOWN, conflicts_table


def odd_cells(number=1):
    rows = [
        {
            "release": "sample-ccsy-2015",
            "file": "2-9.xlsx",
            "sheet": "2-9",
            "cell": f"C{row + 5}",
            "severity": "info" if row else "warning",
            "found": "134 % for primary_share_pct",
            "expected": "0 to 100 pct",
            "todo": "Read the page.",
        }
        for row in range(number)
    ]
    return pd.DataFrame(rows[::-1])


def blocks(anchor, **changes):
    sections = {section.anchor: section for section in appendix_sections(world.inputs(**changes))}
    return sections[anchor].blocks


def table(anchor, name, **changes):
    found = [b for b in blocks(anchor, **changes) if isinstance(b, Table) and b.name == name]
    assert len(found) == 1
    return found[0]


def texts(made):
    return [[cell.text for cell in row.cells] for row in made.rows]


def test_a_conflict_shows_both_values_with_their_cells():
    frame = world.conflicts().assign(place="older: 2-8.xlsx, sheet 2-8, D7")
    made = conflicts_table(frame, world.inputs())
    (row,) = texts(made)
    assert row[3] == "2-9.xlsx, sheet 2-9, C44"
    assert row[5] == "older: 2-8.xlsx, sheet 2-8, D7"


def test_a_long_list_of_conflicts_says_how_many_more_there_are():
    frame = pd.concat([world.conflicts().assign(year=1900 + n) for n in range(CONFLICTS_SHOWN + 3)])
    made = conflicts_table(frame, world.inputs())
    assert len(made.rows) == CONFLICTS_SHOWN
    assert "the csv has 3 more" in made.notes[0]
    assert len(made.data) == CONFLICTS_SHOWN + 3


def test_what_was_noted_in_the_files_stands_in_the_appendix_warnings_first():
    made = table("findings", "file-findings", raw_findings=odd_cells(3))
    assert [row[0] for row in texts(made)] == ["warning", "info", "info"]
    assert texts(made)[0][1] == "sample-ccsy-2015: 2-9.xlsx, 2-9, C5"
    long = table("findings", "file-findings", raw_findings=odd_cells(44))
    assert long.notes[0] == "4 more are in the csv."


def test_files_without_notes_add_nothing():
    names = [block.name for block in blocks("findings") if isinstance(block, Table)]
    assert names == ["findings-by-rule"]


@pytest.mark.parametrize("page", ["", "../../quality/index.html"])
def test_the_page_of_checks_is_linked_where_there_is_one(page):
    said = [block.text for block in blocks("findings", quality=page) if isinstance(block, Text)]
    assert any("[[checks-page]]" in text for text in said) == bool(page)


def test_the_findings_farthest_from_what_was_expected_are_quoted_first():
    rows = pd.DataFrame(
        [
            ("level_jump", year, value, expected)
            for year, value, expected in (
                (2012, 120.0, "about 100"),
                (2013, 900.0, "about 100"),
                (2014, 12.0, "about 100"),
                (2015, 110.0, "about 100"),
                (2016, 10.0, "growth near 3.1%"),
            )
        ],
        columns=["rule", "year", "value", "expected"],
    ).assign(severity="warning", city_code="320300", scope="districts", variable="gdp_mcny")
    rows["message"] = rows["value"].map("it is {:g}".format)
    made = table("findings", "findings-by-rule", findings=rows)
    assert list(made.data["year"]) == [2013, 2014, 2012, 2015, 2016]
    said = texts(made)
    assert "900" in str(said)
    assert "110" not in str(said)
