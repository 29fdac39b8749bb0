"""What people read is safe, complete and the same twice; unchanged input is not checked again."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
import quality_frames as good

from oib_pipeline.quality import Outcome
from oib_pipeline.quality.cache import cached_outcomes, fingerprint
from oib_pipeline.quality.pages import page, write_contents, write_page
from oib_pipeline.quality.suites.city_year import check_indices
from oib_pipeline.quality.suites.observations import check_raw

HOSTILE = [
    "<script>alert(1)</script>",
    "a | b",
    "[click](http://example.org)",
    "![x](y)",
    "**bold** _it_ ~~gone~~ `code`",
    "www.example.org",
    "someone@example.org",
    "line\nbreak\r\n# heading",
    "&lt;b&gt;",
    "=1+1",
    "\u202etxt.exe",
    "\\| escaped",
]


def hostile() -> Outcome:
    failing = pd.DataFrame({"header | name": HOSTILE, "value": range(len(HOSTILE))})
    return Outcome(
        "values_parsed", "raw_observations", False, "error", True, "bad <b>", failing, {}
    )


def test_no_cell_renders_as_markup_in_markdown():
    lines = hostile().markdown().splitlines()
    rows = [line for line in lines if line.startswith("|")]
    assert len(rows) == len(HOSTILE) + 2
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 3 for row in rows)
    cells = "\n".join(lines[1:])
    for sign in ("<", ">", "`", "[", "](", "**", "~~", "\\", "://", "\u202e"):
        assert sign not in cells, sign
    assert not re.search(r"(?i)www\.|@example", cells)


def test_no_cell_renders_as_markup_in_html():
    text = page([hostile()], "title <i>")
    assert "<script" not in text
    assert "<b>" not in text.replace("<b class=", "")
    assert "<i>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_markdown_stops_at_the_limit_and_says_how_many_are_left():
    text = hostile().markdown(limit=3)
    assert len([line for line in text.splitlines() if line.startswith("|")]) == 5
    assert text.endswith(f"and {len(HOSTILE) - 3} more rows")


def outcomes() -> list[Outcome]:
    frame = good.indices()
    frame.loc[0, "ais"] = 3.2
    facts = {"years": good.YEARS, "cities": good.CITIES, "scope": good.SCOPE}
    return check_indices(frame, **facts, sources=good.sources())


def test_the_page_is_the_same_bytes_twice_and_needs_no_network(tmp_path: Path):
    first = write_page(outcomes(), tmp_path / "a", "core", banner="Synthetic data")
    second = write_page(outcomes(), tmp_path / "b", "core", banner="Synthetic data")
    assert first.read_bytes() == second.read_bytes()
    text = first.read_text(encoding="utf-8")
    assert not re.search(r"https?://|<script|<link|@import|url\(|src=", text)
    assert "Synthetic data" in text
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["index.html"]


def test_the_page_lists_every_expectation_observed_value_and_failing_cell():
    found = outcomes()
    text = page(found, "core")
    for outcome in found:
        assert f"<code>{outcome.check}</code>" in text
        for item in outcome.evidence["expectations"]:
            assert item["expectation"] in text
            assert item["observed"] in text
    assert "sample-ccsy/districts.xlsx, sheet 2-10" in text


def test_outcomes_are_read_back_only_while_input_facts_and_rules_are_the_same(tmp_path: Path):
    calls = []

    def check(frame: pd.DataFrame, **facts: object) -> list[Outcome]:
        calls.append(facts)
        return check_indices(frame, **facts)

    frame = good.indices()
    frame.loc[0, "ais"] = 3.2
    facts = {"years": good.YEARS, "cities": good.CITIES, "scope": good.SCOPE}
    path = tmp_path / "core_indices.json"
    first = cached_outcomes(path, check, frame, **facts)
    second = cached_outcomes(path, check, frame, **facts)
    assert len(calls) == 1
    assert first == second
    assert [o.markdown() for o in first] == [o.markdown() for o in second]
    assert page(first, "core") == page(second, "core")
    cached_outcomes(path, check, frame, **(facts | {"years": range(2010, 2018)}))
    frame.loc[1, "ais"] = 2.0
    cached_outcomes(path, check, frame, **facts)
    path.write_text("{broken", encoding="utf-8")
    cached_outcomes(path, check, frame, **facts)
    assert len(calls) == 4


def test_a_fact_without_a_fingerprint_is_refused():
    with pytest.raises(TypeError, match="object"):
        fingerprint(object())


def test_running_is_silent_and_sends_nothing():
    code = """
import socket, sys
def refuse(*args, **kwargs): raise AssertionError("network")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
sys.path.insert(0, sys.argv[1])
import quality_frames as good
from oib_pipeline.quality.suites import check_raw
frame = good.observations()
frame["value"] = frame["value"].astype(object)
frame.loc[0, "value"] = "text"
outcomes = check_raw(frame, good.releases(), cities=good.CITIES)
assert any(not outcome.passed for outcome in outcomes)
"""
    run = subprocess.run(
        [sys.executable, "-c", code, str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_input_frames_are_not_changed():
    frame, releases = good.observations(), good.releases()
    before = frame.copy()
    check_raw(frame, releases, cities=good.CITIES)
    pd.testing.assert_frame_equal(frame, before)


def test_one_page_leads_to_every_page_of_checks(tmp_path):
    for stage in ("small/core_study_panel", "core_sources", "a & b/out_report"):
        write_page([hostile()], tmp_path / "checks" / stage, stage)
    contents = write_contents(tmp_path)
    text = contents.read_text(encoding="utf-8")
    links = re.findall(r'<a href="([^"]+)">([^<]+)</a>', text)
    assert [name for _, name in links] == [
        "a &amp; b / out_report",
        "core_sources",
        "small / core_study_panel",
    ]
    assert all((tmp_path / unquote(link)).is_file() for link, _ in links)
    assert write_contents(tmp_path).read_text(encoding="utf-8") == text
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["checks", "index.html"]
