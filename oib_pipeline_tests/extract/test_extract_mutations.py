"""Damaged workbooks give exactly the clean values or an error that names the place, in time."""

from __future__ import annotations

import os
import random
import time

import pytest
from extract_builders import contract_values, extract, xlsx
from extract_mutations import CLEAN, ERROR, MUTATIONS
from extract_pages import cnki_gdp, pair_gdp, pair_population, unit_row_shares

from oib_pipeline.contract.errors import SourceError

SEED = int(os.environ.get("OIB_SEED") or 20140311)
EACH = 6 * int(os.environ.get("OIB_SOAK") or 1)
SECONDS = 20.0  # a bound for a loaded machine; the slowest takes under one second on a free one
PAGES = {
    "cnki": cnki_gdp,
    "pairs": pair_gdp,
    "population": pair_population,
    "shares": unit_row_shares,
}
CASES = [(name, number) for name in MUTATIONS for number in range(EACH)]


def case(name: str, number: int):
    """Page and random source of a case; the same in every run."""
    rng = random.Random(f"{SEED}-{name}-{number}")
    return list(PAGES)[number % len(PAGES)], rng


@pytest.fixture(scope="module")
def clean(tmp_path_factory, registry):
    folder = tmp_path_factory.mktemp("clean")
    return {
        page: contract_values(
            extract(folder / page / "ccsy-2018", {"page.xlsx": xlsx(build())}, registry)
        )
        for page, build in PAGES.items()
    }


def test_there_are_at_least_two_hundred_cases():
    assert len(CASES) >= 200
    assert {outcome for outcome, _ in MUTATIONS.values()} == {CLEAN, ERROR, "either"}


@pytest.mark.parametrize(("name", "number"), CASES, ids=lambda value: str(value))
def test_mutated_workbook(name, number, tmp_path, registry, clean):
    page, rng = case(name, number)
    outcome, mutate = MUTATIONS[name]
    data = mutate(PAGES[page](), rng)
    start = time.perf_counter()
    try:
        found = contract_values(extract(tmp_path / "ccsy-2018", {"page.xlsx": data}, registry))
    except SourceError as error:
        assert outcome != CLEAN, str(error)
        for problem in error.problems:
            assert problem.file == "page.xlsx"
            assert problem.found
            assert problem.expected
            assert problem.todo
    else:
        assert outcome != ERROR, "passed unnoticed"
        assert found == clean[page]
    assert time.perf_counter() - start < SECONDS
