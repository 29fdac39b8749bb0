"""A study that was stopped still has a page that says what is missing and why."""

from __future__ import annotations

import report_world as world
from accessibility import problems

from oib_pipeline.report.render import stopped_page

REASON = "small/core_study_panel: check coverage failed\n  - <b>320300</b> 2015, C12: \u202e"


def test_the_page_says_what_failed_and_what_is_missing():
    stages = [("core indices", "up to date"), ("est baseline", "missing")]
    page = stopped_page(world.study(), REASON, stages, kept="reports/small/index.html")
    assert "check coverage failed" in page
    assert "&lt;b&gt;320300&lt;/b&gt; 2015, C12: [U+202E]" in page
    assert "reports/small/index.html" in page
    assert "est baseline" in page
    assert 'class="banner"' in page
    assert problems(page) == []


def test_without_an_earlier_report_none_is_promised():
    page = stopped_page(world.study(), REASON, [])
    assert "last good state" not in page
