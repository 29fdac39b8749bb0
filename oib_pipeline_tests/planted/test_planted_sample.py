"""Faults planted in the committed sample are refused, or a person is told of the very cell.

The same on genuine files, with every kind many times: ``python -m oib_pipeline_tests.planted``.
"""

import random

import pytest

from oib_pipeline_tests.planted.__main__ import planted
from oib_pipeline_tests.planted.judging import judge
from oib_pipeline_tests.planted.world import DATA, load

SEED = "sample 7"
NEVER_UNNOTICED = (
    "digit lost",
    "digit doubled",
    "hundredfold",
    "ten thousandfold",
    "minus before it",
    "zero for it",
    "cell blank",
    "row copied from another city",
    "values slipped down a row",
    "two columns exchanged",
    "column tenfold",
    "column hundredfold",
    "column blank",
    "row lost",
    "ten rows lost",
    "row twice, the second changed",
    "unit in the header changed",
)


@pytest.fixture(scope="module")
def sample():
    """The clean sample, and the pages of two of its editions."""
    releases = ["sample-ccsy-2013", "sample-ccsy-2017"]
    return load(DATA / "raw", "relocation_2014", releases, beside=24)


@pytest.mark.parametrize("kind", NEVER_UNNOTICED)
def test_a_planted_fault_is_refused_or_named(sample, kind):
    world, pages = sample
    page, fate = planted(world, pages, kind, random.Random(f"{SEED} {kind}"))
    assert fate is not None
    assert fate.outcome in {"refused", "named"}, f"{page.file}: {fate.how}"


def test_the_clean_files_read_back_as_they_were(sample):
    """The way a page is written for planting changes nothing by itself."""
    world, pages = sample
    fate = judge(world, pages[0].copy(), alone=False)
    assert (fate.outcome, fate.checksum, fate.revised) == ("harmless", False, False)


def test_the_checksum_and_the_last_reading_tell_of_what_no_rule_can_see(sample):
    """A wrong last digit that breaks no sum: the two lines before the rules hold it."""
    world, pages = sample
    page = next(p for p in pages if "土地面积" in p.file).copy()
    at = page.seen[page.seen["variable"] == "area_km2"].iloc[0]
    text = page.text(at["row"], at["column"])
    page.put(at["row"], at["column"], text[:-1] + ("7" if text[-1] != "7" else "8"))
    fate = judge(world, page, alone=False)
    assert (fate.checksum, fate.revised) == (True, True)
