from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Those whose tiny run takes seconds; the others are only seen to import.
QUICK = ("placebo", "curve")
SLOW = (
    *("draws", "large", "extraction", "rendering"),
    *("refresh", "added_city", "partitions", "growth"),
)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_quick_benchmarks_run_and_write_their_table(tmp_path):
    out = tmp_path / "results.md"
    only = [word for name in QUICK for word in ("--only", name)]
    done = run("-m", "oib_pipeline_tests.benchmarks", "--tiny", "--out", str(out), *only)
    assert done.returncode == 0, done.stderr
    page = out.read_text(encoding="utf-8")
    assert "| subject | ours | peer | ratio | target | met |" in page
    assert "PanelOLS" in page
    assert "10 feols fits" in page


@pytest.mark.parametrize("name", SLOW)
def test_slow_benchmarks_import(name):
    done = run("-c", f"import oib_pipeline_tests.benchmarks.{name} as b; assert callable(b.rows)")
    assert done.returncode == 0, done.stderr
