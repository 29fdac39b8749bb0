"""Values printed unlike the others of their column."""

import pandas as pd
import pytest

from oib_pipeline.panel.findings.missing import Held, odd_decimals
from oib_pipeline.panel.findings.rules import rules

RULE = next(rule for rule in rules() if rule.rule == "odd_decimals")


def told(texts):
    rows = pd.DataFrame(
        {
            "city_code": [f"{320000 + n}" for n in range(len(texts))],
            "year": 2023,
            "scope": "districts",
            "variable": "road_area_km2",
            "release": "ccsy-2024",
            "series": "ccsy",
            "file": "2-26.xlsx",
            "sheet": "Sheet20",
            "cell": [f"C{n + 9}" for n in range(len(texts))],
            "text": texts,
            "value": [float(text) for text in texts],
            "correction": None,
        }
    )
    return odd_decimals(Held(rows), RULE)


def test_a_decimal_among_whole_numbers_is_told_with_its_cell():
    found = told([*(str(n) for n in range(100, 140)), "1258.50"])
    assert list(found["city_code"]) == ["320040"]
    assert "C49" in found["message"].iloc[0]


@pytest.mark.parametrize(
    "texts",
    [
        [str(n) for n in range(40)],
        [f"{n}.25" for n in range(40)] + ["7", "8.5"],  # zeros at the end are often not printed
        [f"{n}.25" for n in range(30)] + [f"{n}.5" for n in range(30)],
        [f"{n}.125456789" for n in range(40)] + ["3.1254567891"],  # computed: it says nothing
        ["1", "2", "3.5"],
        [str(n) for n in range(40)] + ["1e-05"],
    ],
)
def test_columns_as_publishers_print_them_say_nothing(texts):
    assert told(texts).empty
