"""What differs between two moments of a study is told once, by its kind, and nothing else is."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from oib_pipeline.vintages import Kept, State, next_vintage
from oib_pipeline.vintages.changes import changed_inputs, changed_values, moves
from oib_pipeline.vintages.vintage import moved_sentence, reasons, several_causes


def inputs(*rows: tuple[str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["kind", "name", "value"])
    return frame.assign(n=pd.Series([7] * len(frame), dtype="Int64"))


def values(*rows: tuple[str, int, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["city_code", "year", "value"])
    place = "r f.xlsx s " + frame["value"].map(lambda x: f"C{x:.0f}")
    return frame.assign(variable="gdp_mcny", place=place)


def estimates(*rows: tuple[str, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["model", "estimate", "se"])
    return frame.assign(result="baseline", outcome="ais", term="did", p=0.1, n_obs=9, n_clusters=3)


def city(name: str, since: int | None = None, **more: int | None) -> str:
    facts = {"name": name, "name_zh": name, "region": "East", "treated": int(since is not None)}
    return json.dumps({**facts, "since": since, "demonstration": None, **more})


def state(**other: pd.DataFrame | str) -> State:
    usual: dict = {
        "estimates": estimates(("1", 0.05, 0.01)),
        "chosen": values(("320300", 2014, 5.0)),
        "inputs": inputs(("release", "a", "x")),
        "panel": "p",
    }
    return State(**{**usual, **other})


def kept(made: State, number: int = 1) -> Kept:
    return Kept(number, made.results, made.panel, made.estimates, made.inputs, made.chosen)


def test_releases_cities_and_fields_are_added_removed_and_revised() -> None:
    before = inputs(("release", "a", "x"), ("release", "b", "x"), ("study", "controls", "1"))
    after = inputs(("release", "a", "y"), ("release", "c", "x"), ("study", "controls", "2"))
    found = changed_inputs(before, after)
    assert set(zip(found["name"], found["change"], strict=True)) == {
        ("a", "revised"),
        ("b", "removed"),
        ("c", "added"),
        ("controls", "revised"),
    }
    assert reasons(found) == [
        "releases added: c (7 values)",
        "releases removed: b",
        "releases revised: a",
        "the study’s field controls was 1, is 2",
    ]


def test_a_city_under_another_code_is_recoded_and_neither_gone_nor_new() -> None:
    before = inputs(("city", "320300", city("徐州市")), ("registry", "cities.csv", "1"))
    after = inputs(("city", "320399", city("徐州市")), ("registry", "cities.csv", "2"))
    assert reasons(changed_inputs(before, after)) == ["cities recoded: 320300 is now 320399"]


def test_a_revised_value_keeps_both_numbers_and_both_cells() -> None:
    found = changed_values(values(("320300", 2014, 5.0)), values(("320300", 2014, 6.0)))
    row = found[found["kind"] == "value"].iloc[0]
    assert (row["was_value"], row["now_value"]) == (5.0, 6.0)
    assert (row["was_place"], row["now_place"]) == ("r f.xlsx s C5", "r f.xlsx s C6")
    assert reasons(found) == ["1 value was revised"]


def test_values_of_a_new_year_are_counted_and_not_listed() -> None:
    old, new = values(("1", 2014, 5.0)), values(("1", 2014, 5.0), ("1", 2015, 6.0))
    found = changed_values(old, new)
    assert list(found["kind"]) == ["values"]
    assert (found["name"].iloc[0], found["now"].iloc[0]) == ("2015 added", "1")


def test_the_last_bits_of_a_number_are_no_change() -> None:
    old, new = values(("1", 2014, 0.3)), values(("1", 2014, 0.1 + 0.2))
    assert changed_values(old, new).empty
    assert state(estimates=estimates(("1", 0.3, 0.1))).results == (
        state(estimates=estimates(("1", 0.1 + 0.2, 0.1))).results
    )


def test_a_move_is_measured_in_the_standard_error_before() -> None:
    found = moves(
        estimates(("1", 0.05, 0.01), ("2", 0.05, 0.01), ("3", 0.0, 1.0)),
        estimates(("1", 0.07, 0.02), ("2", 0.05, 0.01), ("4", 0.0, 1.0)),
    ).set_index("model")
    assert found.loc["1", "moved_se"] == pytest.approx(2.0)
    assert list(found["change"]) == ["moved", "same", "removed", "added"]


def test_the_same_state_confirms_its_vintage_and_another_makes_the_next() -> None:
    first = next_vintage(state(), None)
    assert (first.number, first.new) == (1, True)
    same = next_vintage(state(inputs=inputs(("release", "a", "y"))), kept(state()))
    assert (same.number, same.new) == (1, False)
    other = state(estimates=estimates(("1", 0.06, 0.01)), inputs=inputs(("release", "a", "y")))
    second = next_vintage(other, kept(state()))
    assert (second.number, second.new) == (2, True)
    assert second.why == ["releases revised: a"]
    assert "1 of 1 moved" in second.moved
    assert "+1.00 s.e." in second.moved


def test_changed_code_names_its_stage_and_room() -> None:
    before = inputs(("code", "est_baseline", json.dumps({"estimation": "1", "study": "1"})))
    after = inputs(("code", "est_baseline", json.dumps({"estimation": "2", "study": "1"})))
    told = reasons(changed_inputs(before, after))
    assert told == ["the code of est_baseline changed (in estimation)"]


def test_a_revised_release_with_its_values_is_one_cause_and_new_code_another() -> None:
    revised = ["releases revised: a", "6 values were revised"]
    assert not several_causes(revised)
    assert not several_causes(["the code of x changed (in y)", "the code of z changed (in w)"])
    assert several_causes([*revised, "the code of x changed (in y)"])


def test_a_move_below_the_printed_digits_is_no_false_zero() -> None:
    shifted = moves(estimates(("1", 0.0537, 0.01)), estimates(("1", 0.05370012, 0.01)))
    assert "from 0.0537000 to 0.0537001, less than 0.01 s.e." in moved_sentence(shifted)


def test_nothing_moved_is_told_as_none_and_lays_no_move_to_anything() -> None:
    changed = inputs(("release", "a", "y"), ("study", "controls", "2"))
    other = state(inputs=changed, panel="another")
    second = next_vintage(other, kept(state()))
    assert second.new
    assert second.moved == "estimates: none of 1 moved"
    assert len(second.why) > 1
    assert not any("more than one thing" in line for line in second.why)
    further = state(inputs=changed, estimates=estimates(("1", 0.06, 0.01)))
    assert "more than one thing" in next_vintage(further, kept(state())).why[-1]


def test_an_error_that_moved_alone_is_no_move_of_the_estimate() -> None:
    shifted = moves(estimates(("1", 0.05, 0.01)), estimates(("1", 0.05, 0.02)))
    assert moved_sentence(shifted) == (
        "estimates: 1 of 1 moved; in the baseline errors or p-values alone"
    )


POLICIES = [("registry", "policies.csv", mark) for mark in "12"]


def test_a_treated_city_that_comes_or_goes_is_one_cause_with_its_row_in_policies() -> None:
    held = ("city", "110000", city("Beijing", 2014))
    few = inputs(held, POLICIES[0])
    many = inputs(held, ("city", "440600", city("Foshan", 2014)), POLICIES[1])
    assert reasons(changed_inputs(few, many)) == [
        "cities added: Foshan (440600, treated from 2014)"
    ]
    assert reasons(changed_inputs(many, few)) == [
        "cities removed: Foshan (440600, treated from 2014)"
    ]


def test_policies_that_differ_beside_an_untreated_city_are_told() -> None:
    before = inputs(POLICIES[0])
    after = inputs(("city", "440600", city("Foshan")), POLICIES[1])
    assert reasons(changed_inputs(before, after)) == [
        "cities added: Foshan (440600)",
        "changed: data/registry/policies.csv",
    ]


def test_another_city_s_start_that_changed_beside_a_treated_one_is_told() -> None:
    before = inputs(("city", "110000", city("Beijing", 2014)), POLICIES[0])
    new = ("city", "440600", city("Foshan", 2014))
    after = inputs(("city", "110000", city("Beijing", 2015)), new, POLICIES[1])
    told = reasons(changed_inputs(before, after))
    assert told == [
        "cities added: Foshan (440600, treated from 2014)",
        "cities revised: Beijing (110000, was treated from 2014, is treated from 2015)",
    ]
    assert several_causes(told)


def test_a_fact_that_an_earlier_version_did_not_record_is_no_change() -> None:
    facts = json.loads(city("Beijing", 2014))
    old = json.dumps({name: facts[name] for name in ("name", "name_zh", "region", "treated")})
    before, after = inputs(("city", "110000", old)), inputs(("city", "110000", json.dumps(facts)))
    assert changed_inputs(before, after).empty
