"""Flagged values that the estimates rest on stand in the summary, with the headline beside."""

from __future__ import annotations

import pandas as pd
import report_world as world

from oib_pipeline.report.document.document import Document
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.sections.introduction import summary_section
from oib_pipeline.report.tables.inference import checks_table
from oib_pipeline.report.text.conclusion import checks, conclusion
from oib_pipeline.report.text.flagged import NONE, flagged_sentence
from oib_pipeline.report.text.headline import headlines

CITY, YEAR, DOUBT = "320300", 2015, "level_jump: tertiary_va_mcny"


def finding(**changes: object) -> dict[str, object]:
    return {
        "precedence": "ccsy", "rule": "level_jump", "severity": "warning", "city_code": CITY,
        "year": YEAR, "scope": "districts", "variable": "tertiary_va_mcny", "value": 123456.0,
        "expected": "about 12345.6", "message": "m",
    } | changes  # fmt: skip


def flagged(outcome: str = "ais", shift: float = 0.0, **changes: object) -> ReportInputs:
    """Inputs in which one city-year of an outcome is flagged, its model again without it."""
    panel = world.panel().copy()
    for name in (*world.study().outcomes, *world.study().controls):
        panel[f"{name}_doubts"] = ""
    at = (panel["city_code"] == CITY) & (panel["year"] == YEAR)
    panel.loc[at, f"{outcome}_doubts"] = DOUBT
    base = world.baseline()
    model = {"ais": "2", "theil": "4"}[outcome]
    again = base[(base["outcome"] == outcome) & (base["model"] == model)].assign(note="")
    again["model"] = f"{model}, without flagged values"
    again["n_obs"] -= 1
    for name in ("estimate", "ci_low", "ci_high"):
        again[name] = again[name] + shift
    given = {"panel": panel, "unflagged": again, "findings": pd.DataFrame([finding()])}
    return world.full(**(given | changes))


def test_a_flagged_value_is_named_with_its_figure_and_both_estimates() -> None:
    inputs = flagged(shift=0.001)
    text = flagged_sentence(inputs)
    [head] = [one for one in headlines(inputs) if one.outcome == "ais"]
    assert "1 for AIS (1 in cities under the policy)" in text
    assert "Xuzhou 2015 (" in text and "123,456, not about 12345.6)" in text
    assert f"{head.estimate + 0.001:.3f} for AIS" in text
    assert f"with them {head.estimate:.3f}" in text
    assert "Theil" not in text
    assert text in repr(summary_section(inputs))


def test_figures_of_an_outcome_are_named_before_farther_ones_of_a_control() -> None:
    inputs = flagged()
    panel, others = inputs.panel.copy(), []
    for code in ("110000", "210100", "220200", "230100"):
        at = (panel["city_code"] == code) & (panel["year"] == 2012)
        panel.loc[at, "road_area_per_capita_doubts"] = "spike: road_area_per_capita_m2"
        more = {"city_code": code, "year": 2012, "rule": "spike", "value": 9e9}
        others.append(finding(variable="road_area_per_capita_m2", **more))
    findings = pd.DataFrame([*others, finding(), finding(year=2016)])
    text = flagged_sentence(flagged(panel=panel, findings=findings))
    assert text.index("Xuzhou 2015 (") < text.index("2012 (")
    assert "Xuzhou 2016" not in text
    assert "farthest from what was expected" in text


def test_the_headline_without_flagged_values_is_a_check_like_the_others() -> None:
    for shift, agrees in ((0.0, True), (1.0, False)):
        inputs = flagged(shift=shift)
        judged = [(head, checks(head, inputs)) for head in headlines(inputs)]
        made = {head.outcome: found for head, found in judged}
        [row] = [one for one in made["ais"] if one.what == "Without flagged values"]
        assert row.agrees is agrees
        assert "1 city-year fewer" in row.found
        assert len(made["ais"]) == 7 and len(made["theil"]) == 6
        assert "13 checks" in conclusion(judged, inputs)
        shown = checks_table(judged).data
        assert (shown["check"] == "Without flagged values").sum() == 1


def test_an_estimate_that_does_not_exist_without_them_does_not_agree() -> None:
    again = flagged().unflagged.assign(estimate=float("nan"), note="no treated unit")
    inputs = flagged(unflagged=again)
    [head] = [one for one in headlines(inputs) if one.outcome == "ais"]
    [row] = [one for one in checks(head, inputs) if one.what == "Without flagged values"]
    assert (row.agrees, row.found) == (False, "no estimate: no treated unit")
    assert "Without them AIS has no estimate: no treated unit." in flagged_sentence(inputs)


def test_where_no_value_is_flagged_one_clause_says_so() -> None:
    panel = flagged().panel.assign(ais_doubts="")
    inputs = flagged(panel=panel, unflagged=flagged().unflagged.iloc[:0])
    assert flagged_sentence(inputs) == NONE
    assert not any(
        one.what == "Without flagged values"
        for head in headlines(inputs)
        for one in checks(head, inputs)
    )


def test_every_link_of_the_check_leads_somewhere() -> None:
    inputs = flagged()
    section = summary_section(inputs)
    anchors = Document("t", "s", (section,)).anchors()
    places = {one.where for head in headlines(inputs) for one in checks(head, inputs)}
    assert "sure" in places & anchors
