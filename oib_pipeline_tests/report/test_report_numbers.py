"""How numbers are written: rounded alike, and never to a false zero."""

from __future__ import annotations

import math

import pytest

from oib_pipeline.report.document.format_numbers import (
    decimals_for,
    decimals_for_spread,
    fixed,
    interval,
    p_phrase,
    p_value,
    percent,
    signed,
    stars,
    whole,
    years,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0672, "0.067"),
        (-0.042, "−0.042"),
        (0.0, "0.000"),
        (-0.0, "0.000"),
        (0.0001, "0.00010"),
        (-0.0001, "−0.00010"),
        (1.2e-7, "1.2e-07"),
        (1234567.8912, "1,234,567.891"),
        (math.nan, "n.a."),
        (math.inf, "n.a."),
        (None, "n.a."),
    ],
)
def test_a_number_is_rounded_but_never_to_a_false_zero(value, text):
    assert fixed(value, 3) == text


def test_an_estimate_and_its_error_get_the_decimals_the_smaller_needs():
    places = decimals_for(0.067, 0.00021)
    assert (fixed(0.067, places), fixed(0.00021, places)) == ("0.06700", "0.00021")


def test_decimals_stop_growing_where_powers_of_ten_read_better():
    assert fixed(3e-12, decimals_for(3e-12)) == "3.0e-12"


@pytest.mark.parametrize(("sd", "places"), [(981.0, 0), (22.6, 1), (2.26, 2), (0.13, 3), (0, 3)])
def test_levels_show_three_digits_of_their_spread(sd, places):
    assert decimals_for_spread(sd) == places


@pytest.mark.parametrize(
    ("p", "text"),
    [(0, "<0.001"), (0.0009999, "<0.001"), (0.012, "0.012"), (1, "1.000"), (math.nan, "n.a.")],
)
def test_a_p_value_is_never_zero(p, text):
    assert p_value(p) == text


def test_a_p_value_in_a_sentence_does_not_break_across_lines():
    assert p_phrase(0.0001) == "p\u00a0<\u00a00.001"


@pytest.mark.parametrize(
    ("p", "mark"),
    [(0.009, "***"), (0.01, "**"), (0.049, "**"), (0.099, "*"), (0.1, ""), (None, "")],
)
def test_stars_follow_the_thresholds_their_note_states(p, mark):
    assert stars(p) == mark


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0%"), (1, "100%"), (0.0001, "<0.1%"), (0.99999, ">99.9%"), (0.5, "50.0%")],
)
def test_a_share_is_all_or_nothing_only_when_it_is(share, text):
    assert percent(share) == text


def test_small_words():
    assert interval(-0.01, 0.02) == "−0.010 to 0.020"
    assert years([2013, 2010, 2011, 2018]) == "2010–2011, 2013, 2018"
    assert (signed(-1), signed(0), signed(2)) == ("−1", "0", "+2")
    assert (whole(1080), whole(math.nan)) == ("1,080", "n.a.")
