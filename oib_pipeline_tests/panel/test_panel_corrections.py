"""Corrections: guarded by what they expect, and touching only the release they name."""

import numpy as np
import pandas as pd
import pytest

from oib_pipeline.contract.errors import OibError
from oib_pipeline.panel import apply_corrections, read_corrections

ENTRY = """
- release: csmar-2024
  city_code: "500000"
  year: 2012
  scope: whole_city
  variable: employment_k
  expect: 856.2
  use: {use}
  reason: another definition
  reference: sheet1, H7461
"""


@pytest.fixture
def read(tmp_path, registry):
    def make(text):
        path = tmp_path / "corrections.yml"
        path.write_text(text, encoding="utf-8")
        return read_corrections(path, registry)

    return make


def observed(value=856.2, release="csmar-2024"):
    row = {"release": release, "file": "f.xlsx", "sheet": "sheet1", "cell": "H7461"}
    row |= {"city_code": "500000", "year": 2012, "scope": "whole_city", "unit": "万人"}
    row |= {"variable": "employment_k", "text": str(value), "value": value}
    return pd.DataFrame([row, row | {"year": 2013, "cell": "H8000", "value": 900.0}])


def test_a_figure_is_replaced_and_says_why(read):
    result = apply_corrections(observed(), read(ENTRY.format(use=300)))
    assert result["value"].tolist() == [300.0, 900.0]
    assert result["correction"][0] == ("856.2 used 300 instead: another definition (sheet1, H7461)")
    assert pd.isna(result["correction"][1])
    assert result["text"][0] == "856.2"


def test_a_figure_is_taken_out(read):
    result = apply_corrections(observed(), read(ENTRY.format(use="missing")))
    assert np.isnan(result["value"][0])


def test_a_correction_that_no_longer_holds_is_an_error_that_shows_both(read):
    with pytest.raises(OibError, match=r"expected 856\.2, found 301\.5 in f\.xlsx.*H7461"):
        apply_corrections(observed(301.5), read(ENTRY.format(use="missing")))


def test_a_correction_whose_figure_is_gone_is_an_error(read):
    with pytest.raises(OibError, match=r"expected 856\.2, found no value"):
        apply_corrections(observed()[1:], read(ENTRY.format(use="missing")))


def test_other_releases_are_untouched(read):
    observations = observed(release="sample-ccsy-2013")
    result = apply_corrections(observations, read(ENTRY.format(use="missing")))
    assert result["value"].tolist() == observations["value"].tolist()
    assert result["correction"].isna().all()


def test_a_name_is_resolved_to_its_code(read):
    text = ENTRY.format(use=1).replace('city_code: "500000"', "name: 重庆市")
    assert read(text)[0].city_code == "500000"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("variable: employment_k", "variable: workers", "workers"),
        ("scope: whole_city", "scope: city", "scope"),
        ("  reason: another definition\n", "", "reason"),
        ('city_code: "500000"', 'city_code: "999999"', "999999"),
        ('city_code: "500000"', "name: 重庆府", "重庆市"),
        ("expect: 856.2", "expected: 856.2", "expected"),
    ],
)
def test_an_entry_that_is_not_well_formed_is_named(read, old, new, said):
    with pytest.raises(OibError, match=f"entry 1.*{said}"):
        read(ENTRY.format(use=1).replace(old, new))


def test_an_empty_list_is_allowed_and_a_missing_file_is_not(read, registry, tmp_path):
    assert read("[]") == []
    with pytest.raises(OibError, match=r"absent\.yml is missing"):
        read_corrections(tmp_path / "absent.yml", registry)
