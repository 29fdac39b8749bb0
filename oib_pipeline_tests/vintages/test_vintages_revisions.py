"""Values that a release gives otherwise than when it was last read."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.vintages.changes import READ, in_words, revisions


def read(*rows: tuple) -> pd.DataFrame:
    """Observations of one release: city, variable, cell, text, unit."""
    return pd.DataFrame(
        [
            ("ccsy-2018", city, 2017, "districts", name, "a.xls", "1-7", cell, text, unit,
             float(text))
            for city, name, cell, text, unit in rows
        ],
        columns=READ,
    )  # fmt: skip


ONE = ("320300", "gdp_mcny", "C9", "12.5", "亿元")
TWO = ("320500", "gdp_mcny", "C10", "17.1", "亿元")


def test_a_revised_a_lost_and_a_new_value_are_each_told_with_both_cells():
    after = read(("320300", "gdp_mcny", "C8", "12.6", "亿元"), ("320500", "area_km2", *TWO[2:]))
    rows = revisions(read(ONE, TWO), after).set_index(["city_code", "change"])
    assert sorted(rows.index) == [("320300", "revised"), ("320500", "gone"), ("320500", "new")]
    revised = rows.loc[("320300", "revised")]
    assert (revised["was"], revised["now"], revised["cell"]) == (12.5, 12.6, "C8")
    assert revised["was_cell"] == "a.xls, sheet 1-7, C9"
    assert rows.loc[("320500", "gone"), "cell"] == "C10"
    assert rows.loc[("320500", "new"), "was_cell"] == ""


def test_the_last_digit_and_another_unit_count_and_another_cell_does_not():
    after = read((*ONE[:2], "D77", *ONE[3:]), (*TWO[:4], "万元"))
    rows = revisions(read(ONE, TWO), after)
    assert list(rows["city_code"]) == ["320500"]
    assert rows.loc[0, "was_unit"] == "亿元"
    assert revisions(read(ONE, TWO), read(TWO, ONE)).empty
    assert len(revisions(read(ONE), read((*ONE[:3], "12.50000001", ONE[4])))) == 1


def test_a_release_read_for_the_first_time_is_not_revised():
    assert revisions(read(ONE), read(ONE).assign(release="ccsy-2019")).empty
    assert revisions(read(ONE).iloc[:0], read(ONE)).empty


def test_a_sheet_that_repeats_a_value_is_held_against_the_same_print_of_it():
    again = ("320300", "gdp_mcny", "C99", "12.5", "亿元")
    assert revisions(read(ONE, again), read(again, ONE)).empty
    rows = revisions(read(ONE, again), read(ONE))
    assert list(rows["change"]) == ["gone"]


def test_words_name_the_cell_and_both_figures():
    rows = revisions(read(ONE, TWO), read((*ONE[:3], "12.6", "亿元")))
    said = in_words("ccsy-2018", rows.to_dict("records"), len(rows))
    assert said == (
        "ccsy-2018 was read again: 2 values differ from the last time "
        "(a.xls 1-7 C9: 12.5 -> 12.6; a.xls 1-7 C10: 17.1 is gone)"
    )
