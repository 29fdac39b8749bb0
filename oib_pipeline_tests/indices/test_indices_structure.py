"""AIS and Theil against values worked out by hand, and within their bounds for any input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oib_pipeline.indices.structure import ais, shares, theil

EXACT = 1e-12  # a handful of additions of numbers near one
figures = st.lists(
    st.floats(min_value=0, max_value=1e7, allow_subnormal=False), min_size=3, max_size=3
).filter(lambda parts: sum(parts) > 1e-3)


def test_ais_by_hand():
    assert ais([[0.1, 0.4, 0.5]]) == pytest.approx([0.1 + 0.8 + 1.5], abs=EXACT)


def test_theil_by_hand():
    expected = 0.1 * np.log(0.1 / 0.3) + 0.4 * np.log(0.4 / 0.3) + 0.5 * np.log(0.5 / 0.4)
    assert theil([[0.1, 0.4, 0.5]], [[0.3, 0.3, 0.4]]) == pytest.approx([expected], abs=EXACT)


def test_theil_of_equal_shares_is_zero():
    assert theil([[0.2, 0.3, 0.5]], [[0.2, 0.3, 0.5]]) == pytest.approx([0], abs=EXACT)


def test_a_sector_without_output_contributes_nothing():
    expected = 0.4 * np.log(0.4 / 0.3) + 0.6 * np.log(0.6 / 0.6)
    assert theil([[0, 0.4, 0.6]], [[0.1, 0.3, 0.6]]) == pytest.approx([expected], abs=EXACT)
    assert np.isfinite(theil([[0, 0.4, 0.6]], [[0, 0.4, 0.6]])).all()


def test_output_without_employment_is_undefined():
    assert np.isnan(theil([[0.1, 0.4, 0.5]], [[0, 0.5, 0.5]])).all()


def test_shares_of_missing_negative_or_zero_figures_are_missing():
    rows = [[1, np.nan, 1], [1, -1, 1], [0, 0, 0], [1, 1, 2]]
    result = shares(rows)
    assert np.isnan(result[:3]).all()
    assert result[3].tolist() == [0.25, 0.25, 0.5]


def test_a_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"\(n, 3\)"):
        ais([0.1, 0.4, 0.5])


@given(figures)
def test_ais_lies_in_one_to_three(parts):
    assert 1 <= ais(shares([parts]))[0] <= 3


@given(figures, figures)
def test_theil_is_never_negative(output, employed):
    value = theil(shares([output]), shares([employed]))[0]
    assert np.isnan(value) or value >= 0


@given(figures, figures)
def test_theil_does_not_depend_on_the_unit(output, employed):
    small = theil(shares([output]), shares([employed]))
    large = theil(shares([[1000 * x for x in output]]), shares([[10 * x for x in employed]]))
    np.testing.assert_allclose(small, large, atol=1e-9)


@pytest.mark.parametrize("broken", [[0.2, 0.2, 0.2], [50.0, 30.0, 20.0], [1.2, -0.1, -0.1]])
def test_shares_that_do_not_sum_to_one_give_no_index(broken: list[float]) -> None:
    good = [[0.5, 0.3, 0.2]]
    assert np.isnan(ais([broken]))[0]
    assert np.isnan(theil([broken], good))[0]
    assert np.isnan(theil(good, [broken]))[0]
