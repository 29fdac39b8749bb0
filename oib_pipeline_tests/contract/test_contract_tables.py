"""The contract is complete and agrees with itself."""

import pytest

from oib_pipeline.contract.errors import Problem, SourceError
from oib_pipeline.contract.tables import tables
from oib_pipeline.contract.variables import bundles, factor, stated_units, variables


def test_every_variable_has_a_unit_that_sources_can_state() -> None:
    assert [name for name in variables() if not stated_units(name)] == []


def test_every_range_is_not_empty_and_every_bundle_has_three_sectors() -> None:
    assert all(variable.min < variable.max for variable in variables().values())
    assert {len(members) for members in bundles().values()} == {3}


@pytest.mark.parametrize(
    ("variable", "stated", "expected"),
    [
        ("gdp_mcny", "亿元", 100.0),
        ("gdp_mcny", "万元", 0.01),
        ("gdp_per_capita_cny", "元", 1.0),
        ("population_resident_k", "万人", 10.0),
        ("primary_employment_k", "人", 0.001),
        ("construction_land_km2", "公顷", 0.01),
        ("gdp_mcny", "万人", None),
    ],
)
def test_a_stated_unit_converts_or_is_refused(
    variable: str, stated: str, expected: float | None
) -> None:
    assert factor(variable, stated) == expected


def test_every_key_is_a_column_and_every_column_is_explained() -> None:
    for table in tables().values():
        assert set(table.key) <= set(table.columns), table.name
        assert all(column.about for column in table.columns.values()), table.name
        assert table.name.startswith(table.schema + "_")


def test_the_wide_panel_has_a_column_for_every_variable() -> None:
    assert set(variables()) <= set(tables()["core_city_year"].columns)


def test_an_error_of_a_source_names_file_sheet_cell_and_remedy() -> None:
    problem = Problem(
        found="'万兀'",
        expected="a known unit",
        todo="Add it to units.csv.",
        release="ccsy-2018",
        file="2-9.xlsx",
        sheet="1-7",
        cell="C3",
    )
    text = str(SourceError([problem]))
    for part in ("ccsy-2018", "2-9.xlsx", "1-7", "C3", "万兀", "a known unit", "units.csv"):
        assert part in text
