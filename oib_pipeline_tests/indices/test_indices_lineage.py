"""What an index or control declares is what it reads, and what every reader shows of it."""

from __future__ import annotations

import dagster as dg
import numpy as np
import pandas as pd
import pytest

from oib_pipeline.contract.tables import Column, tables
from oib_pipeline.contract.variables import variables
from oib_pipeline.defs.lib.specs import column_lineage
from oib_pipeline.indices import INDICATORS, compute_indices
from oib_pipeline.indices.declaration import COMPUTED, Computed, Formula, add, indicator, reason
from oib_pipeline.panel import trace, trace_view
from oib_pipeline.quality.suites.city_year import check_indices
from oib_pipeline.study import Study

KEY = {"precedence": "ccsy", "city_code": "320300", "year": 2015, "scope": "districts"}
RANGES = {"values_valid", "ais_in_range", "theil_not_negative"}


class Recording(pd.DataFrame):
    """A frame that notes the columns that are read from it."""

    _metadata = ("read",)

    def __getitem__(self, key):
        self.read |= {key} if isinstance(key, str) else set(key)
        return super().__getitem__(key)


def columns_read(name: str) -> set[str]:
    rows = Recording([dict.fromkeys(variables(), 1.0)])
    rows.read = set()
    COMPUTED[name].compute(rows)
    return rows.read


def sources() -> pd.DataFrame:
    """One cell for each variable of the contract."""
    place = {"release": "ccsy-2016", "series": "ccsy", "file": "a.xlsx", "sheet": "1", "text": "1"}
    facts = {"value": 1.0, "chosen": True, "stated_unit": "", "reason": "the only release"}
    return pd.DataFrame(
        [
            KEY | place | facts | {"variable": name, "cell": f"C{number}", "correction": None}
            for number, name in enumerate(variables(), start=1)
        ]
    )


def cells(names: set[str]) -> set[str]:
    return {f"C{number}" for number, name in enumerate(variables(), start=1) if name in names}


def indices(value: float) -> pd.DataFrame:
    return compute_indices(pd.DataFrame([KEY | dict.fromkeys(variables(), value)]))


@pytest.mark.parametrize("name", COMPUTED)
def test_a_function_reads_the_inputs_it_declares(name: str) -> None:
    assert columns_read(name) == set(COMPUTED[name].inputs)


@pytest.mark.parametrize("name", COMPUTED)
def test_dagster_shows_the_columns_that_are_read(name: str) -> None:
    deps = column_lineage("core_indices", [dg.AssetKey("core_city_year")]).deps_by_column[name]
    assert {dep.column_name for dep in deps} == columns_read(name)
    assert {dep.asset_key.to_user_string() for dep in deps} == {"core_city_year"}


@pytest.mark.parametrize("name", INDICATORS)
def test_a_failing_check_quotes_the_cells_that_are_read(name: str) -> None:
    bad = indices(1.0).assign(**{name: -1e9})
    outcomes = check_indices(
        bad, years=[2015], cities=["320300"], scope="districts", sources=sources()
    )
    failing = pd.concat(one.failing for one in outcomes if one.check in RANGES and not one.passed)
    (quoted,) = failing.loc[failing["column"] == name, "cells"]
    found = {part.rpartition(", ")[2] for part in quoted.split("; ")}
    assert found == cells(columns_read(name))


@pytest.mark.parametrize("name", INDICATORS)
def test_a_trace_lists_all_that_is_read_where_a_number_is_missing(name: str) -> None:
    study = Study(
        name="one",
        title="t",
        policy="p",
        sample="s",
        scope="districts",
        years=[2014, 2015],
        outcomes=[name],
        sources=["ccsy"],
    )
    city = {"study": "one", "city": "Xuzhou", name: np.nan, f"{name}_flag": ""}
    found = trace(
        study,
        "320300",
        2015,
        name,
        panel=pd.DataFrame([KEY | city | {f"{name}_before": np.nan}]),
        indices=indices(np.nan),
        sources=sources().assign(chosen=False),
    )
    assert {given.variable for given in found.inputs} == columns_read(name)
    assert all(f"'{one}'" in trace_view([study]) for one in columns_read(name))


def test_a_function_is_not_passed_a_column_that_it_does_not_declare(monkeypatch) -> None:
    declared = Computed(
        "short_of_one",
        Column("DOUBLE", "Residents over registered population"),
        ("population_resident_k",),
        lambda rows: rows["population_resident_k"] / rows["population_registered_k"],
    )
    monkeypatch.setitem(COMPUTED, "short_of_one", declared)
    with pytest.raises(KeyError, match="population_registered_k"):
        indices(1.0)


@pytest.mark.parametrize(
    ("name", "inputs", "message"),
    [
        ("ais", ("area_km2",), "ais is declared already"),
        ("gdp_mcny", ("area_km2",), "gdp_mcny is declared already"),
        ("year", ("area_km2",), "year is declared already"),
        ("greenery", ("green_km2",), "computed from green_km2; its inputs must be variables"),
        ("greenery", (), "computed from nothing"),
    ],
)
def test_a_declaration_that_cannot_be_right_is_refused(name, inputs, message) -> None:
    before = dict(COMPUTED)
    with pytest.raises(ValueError, match=message):
        add(Computed(name, Column("DOUBLE", "a comment"), inputs, len))
    assert before == COMPUTED


def test_a_function_without_a_docstring_is_refused() -> None:
    def bare(rows):
        return rows["area_km2"]

    words = {"label": "Area", "label_zh": "面积", "unit": "km²", "bounds": (0, None)}
    with pytest.raises(ValueError, match="bare needs a docstring"):
        indicator(Formula("land area", ("area_km2",)), **words)(bare)


def test_a_reason_belongs_to_an_index_that_is_declared() -> None:
    with pytest.raises(ValueError, match="no index 'gini' is declared before its reason"):
        reason("gini")(len)


@pytest.mark.parametrize("name", INDICATORS)
def test_every_index_and_control_has_its_words_in_english_and_chinese(name: str) -> None:
    words = INDICATORS[name]
    assert all((words.label, words.short, words.unit, words.definition))
    assert any("\u4e00" <= letter <= "\u9fff" for letter in words.label_zh)
    assert tables()["core_indices"].columns[name] is words.column
