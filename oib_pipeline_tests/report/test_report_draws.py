"""What rests on draws says how many there were, how small p can be, and asserts nothing."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
import report_world as world

from oib_pipeline.report.document.blocks import Section
from oib_pipeline.report.document.document import beside_paper
from oib_pipeline.report.figures.inference import forest_figure
from oib_pipeline.report.figures.specification_curve import specification_figure
from oib_pipeline.report.tables.columns import draws_note, few_ways_notes
from oib_pipeline.report.tables.effects import psm_table, regional_table
from oib_pipeline.report.tables.inference import placebo_table
from oib_pipeline.report.tables.sample import variables_table
from oib_pipeline.report.text.headline import headlines
from oib_pipeline.report.text.summary import effect_sentence


def test_the_note_has_draws_seed_and_smallest_p() -> None:
    frame = pd.DataFrame({"draws": [500, 500], "seed": [7, 7]})
    assert draws_note(frame) == ("500 draws (seed 7); the smallest possible p is 0.002.",)
    assert draws_note(frame.assign(draws=0)) == ()
    assert draws_note(frame.drop(columns="draws")) == ()


def test_a_region_with_few_ways_to_choose_its_pilots_says_so() -> None:
    frame = pd.DataFrame(
        {"group": ["West"], "n_treated": 1, "n_control": 9, "draws": 500, "p_t": 0.1}
    )
    (note,) = few_ways_notes(frame, world.PILOT)
    assert "West" in note
    assert "10 ways" in note
    assert "0.100" in note


def test_the_tables_state_their_draws() -> None:
    frame, draws = world.placebos()
    placebo = " ".join(placebo_table(frame, draws).notes)
    assert f"{frame['draws'].iloc[0]} draws" in placebo.replace(",", "")
    matched = world.psm()
    effects = matched[matched["term"] == "did"].copy()
    if (effects["draws"] == 0).all():
        effects = effects.assign(draws=99, p_t=0.05)
    effects.loc[effects["matched_on"] == "unit", "draws"] = 500
    notes = " ".join(psm_table(effects).notes)
    assert "Cities matched once: 500 draws; the smallest possible p is 0.002." in notes
    labels = [row.cells[0].text for row in psm_table(effects).rows]
    assert {"Cities (clusters)", "Singletons dropped"} <= set(labels)


def test_the_test_of_equality_is_named_and_not_asserted() -> None:
    frame = world.regional()
    text = " ".join(cell.text for row in regional_table(frame).rows for cell in row.cells)
    assert "Test that the regions’ effects are equal: F(" in text
    assert "Regions are equal" not in text
    outcomes = list(world.study().outcomes)
    rows = frame[frame["term"] == "did"]
    notes = " ".join(forest_figure(rows, [], outcomes, synthetic=True).notes)
    assert "test that the regions’ effects are equal: F(" in notes


def test_the_curve_names_its_criterion_and_an_undefined_test() -> None:
    frame = pd.DataFrame(
        {
            "outcome": "ais", "model": ["a", "b"], "estimate": [0.1, 0.2], "ci_low": [0.0, 0.1],
            "ci_high": [0.2, 0.3], "p": [0.1, 0.01], "p_t": [0.1, 0.01], "draws": 500,
            "choice_controls": ["all", "none"],
        }
    )  # fmt: skip
    test = pd.DataFrame({"statistic": ["Stouffer's Z"], "p": [float("nan")]})
    notes = " ".join(specification_figure(frame, None, test, synthetic=True).notes)
    assert "p < 0.05" in notes
    assert "by permutation" in notes
    assert "500 draws; the smallest possible p is 0.002." in notes
    assert "not defined" in notes


@pytest.mark.parametrize(("low", "text"), [(-0.08, "0.02 lower"), (-0.01, "")])
def test_the_headline_in_standard_deviations_keeps_its_sign(low: float, text: str) -> None:
    head = replace(
        headlines(world.inputs())[0],
        estimate=-0.02, se=0.01, ci_low=min(low, -0.03), ci_high=-0.01 if text else 0.01, sd=0.1,
    )  # fmt: skip
    assert head.in_sd == pytest.approx(-0.2)
    sentence = effect_sentence(head, world.inputs())
    expected = "That is 0.20 of" if text else "The estimate is −0.20 of"
    assert expected in sentence


def test_the_slip_of_the_paper_is_told() -> None:
    paper = world.study().reproduces
    section = Section("design", "Design", (variables_table(world.inputs()),))
    (table,) = beside_paper([section], paper)[0].blocks
    assert "agglomeration" in " ".join(table.notes)
    assert table.paper == "Table 2"
    assert "agglomeration" not in " ".join(variables_table(world.inputs()).notes)
