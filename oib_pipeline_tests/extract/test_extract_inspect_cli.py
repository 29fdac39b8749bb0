"""``oib inspect`` prints what a release would give and says by its exit status whether it loads."""

import shutil
from pathlib import Path

import pytest

from oib_pipeline.cli import main

ROOT = Path(__file__).parents[2]
RELEASE = ROOT / "data" / "raw" / "sample-ccsy-2018"


@pytest.fixture(autouse=True)
def _data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIB_DATA", str(ROOT / "data"))


def test_a_good_release_exits_with_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(RELEASE)]) == 0
    assert "gdp_mcny, districts, 亿元" in capsys.readouterr().out


def test_a_file_that_is_skipped_whole_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    skipped = next(path for path in RELEASE.glob("*.xlsx") if "绿地" in path.name)
    assert main(["inspect", str(skipped)]) == 0
    assert "skipped" in capsys.readouterr().out


def test_a_release_without_manifest_would_not_load_and_a_draft_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "ccsy-2030"
    shutil.copytree(RELEASE, copy)
    (copy / "release.yml").unlink()
    assert main(["inspect", str(copy)]) == 1
    assert "TO COMPLETE" in capsys.readouterr().out
    assert not (copy / "release.yml").exists()


def test_a_path_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "nowhere"]) == 1
    assert "nowhere does not exist" in capsys.readouterr().err
