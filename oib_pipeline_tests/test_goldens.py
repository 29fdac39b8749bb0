"""A whole refresh gives what it gave: every table of the warehouse and the text of the report."""

from __future__ import annotations

from difflib import unified_diff
from itertools import zip_longest
from pathlib import Path

import pytest
from goldens import make_tables as goldens

INTENDED = (
    "If the change is intended, look at what differs and write the goldens anew: "
    "python oib_pipeline_tests/goldens/make_tables.py"
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the study of the committed sample was refreshed."""
    data = tmp_path_factory.mktemp("sample") / "data"
    goldens.refresh(goldens.SAMPLE_STUDY, data, goldens.REPOSITORY / "data" / "raw")
    return data


def test_every_table_of_the_sample_holds_what_it_held(sample: Path) -> None:
    wrong = differences(goldens.TABLES, sample / "warehouse" / "oib.duckdb")
    assert not wrong, wrong


def test_the_report_of_the_sample_reads_as_it_did(sample: Path) -> None:
    page = sample / "reports" / goldens.SAMPLE_STUDY / "index.html"
    before = goldens.REPORT.read_text(encoding="utf-8").splitlines()
    now = goldens.report_text(page).splitlines()
    pairs = zip_longest(before, now, fillvalue="")
    if not all(goldens.same_line(one, other) for one, other in pairs):
        changed = "\n".join(unified_diff(before, now, goldens.REPORT.name, str(page), "", "", 0))
        pytest.fail(f"{changed}\n{INTENDED}")


def test_every_table_of_the_genuine_study_holds_what_it_held(tmp_path: Path) -> None:
    if not goldens.REAL.is_dir():
        pytest.skip(f"no genuine releases at {goldens.REAL}: set OIB_REAL to their folder")
    goldens.refresh(goldens.REAL_STUDY, tmp_path / "data", goldens.REAL)
    wrong = differences(goldens.TABLES_REAL, tmp_path / "data" / "warehouse" / "oib.duckdb")
    assert not wrong, f"{wrong}\nraw.raw_releases differs wherever {goldens.REAL} has other files."


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        ("11.29 | −0.354", "11.28 | −0.354", True),
        ("11.29 | −0.354", "11.27 | −0.354", False),
        ("11.29 | −0.354", "11.29 | 0.354", False),
        ("11.29 | −0.354", "11.3 | −0.354", False),
        ("120 cities", "121 cities", False),
        ("2010–2018", "2010–2018 and later", False),
    ],
)
def test_lines_of_a_report_may_differ_in_the_last_digit_of_a_number_and_in_nothing_else(
    before: str, now: str, same: bool
) -> None:
    assert goldens.same_line(before, now) is same


def differences(golden: Path, warehouse: Path) -> str:
    """Which tables differ, and what to do about it; empty where none does."""
    before, now = goldens.read_tables(golden), goldens.table_digests(warehouse)
    lines = []
    for table in sorted({*before, *now}):
        if table not in now:
            lines.append(f"{table} is no longer in the warehouse")
        elif table not in before:
            lines.append(f"{table} is new")
        elif before[table][0] != now[table][0]:
            lines.append(f"{table} has {now[table][0]:,} rows, not {before[table][0]:,}")
        elif before[table] != now[table]:
            lines.append(f"{table} has as many rows as before, but other columns or values")
    if not lines:
        return ""
    return "\n".join([f"Against {golden.name}, in {warehouse}:", *lines, INTENDED])
