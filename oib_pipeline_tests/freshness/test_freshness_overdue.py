"""An edition that did not come is told with its data year and since when."""

from __future__ import annotations

from datetime import date

import pytest

from oib_pipeline.versions.causes import overdue

LATE = "ccsy: the editions with data years 2024 to 2025 are overdue, the first since 2026-04-01"


@pytest.mark.parametrize(
    ("today", "told"),
    [
        (date(2026, 3, 31), "ccsy: up to 2023; data year 2024 is due by 2026-04-01"),
        (
            date(2026, 4, 1),
            "ccsy: the edition with data year 2024 is overdue since 2026-04-01",
        ),
        (
            date(2027, 6, 1),
            LATE,
        ),
    ],
)
def test_what_is_due_follows_from_the_last_data_year_held(today: date, told: str) -> None:
    assert overdue([("ccsy", False, 2023)], today) == [told]


def test_no_edition_of_a_made_up_series_or_a_compiled_panel_is_due() -> None:
    lines = overdue([("ccsy", True, 2018), ("compiled_panel", False, 2013)], date(2027, 1, 1))
    assert lines == ["ccsy (synthetic): up to 2018; made up, so no edition is due"]
