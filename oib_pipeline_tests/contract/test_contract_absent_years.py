"""Years known to be absent are spelt as spans, each with a reason."""

import pytest

from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.variables import _years, absent_years


def test_every_row_names_known_variables_and_gives_a_reason() -> None:
    assert all(reason for years in absent_years().values() for reason in years.values())


def test_spans_and_single_years_are_read() -> None:
    assert _years("1998 2000-2002", "here") == [1998, 2000, 2001, 2002]


def test_a_span_that_is_none_is_refused_with_its_line() -> None:
    with pytest.raises(OibError, match=r"line 3.*2000-x"):
        _years("2000-x", "contract/absent_years.csv, line 3")
