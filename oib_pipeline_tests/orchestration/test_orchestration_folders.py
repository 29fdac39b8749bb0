"""A report folder is swapped whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from oib_pipeline.defs.lib.folders import recover_folder, replaced_folder


def test_a_filled_folder_takes_the_place_of_the_old(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    for content in ("one", "two"):
        with replaced_folder(folder) as fresh:
            (fresh / "index.html").write_text(content)
    assert (folder / "index.html").read_text() == "two"
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_what_fails_leaves_the_old_folder(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    with replaced_folder(folder) as fresh:
        (fresh / "index.html").write_text("one")
    with pytest.raises(KeyError), replaced_folder(folder) as fresh:
        (fresh / "index.html").write_text("half")
        raise KeyError
    assert (folder / "index.html").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_swap_that_was_cut_short_is_put_right(tmp_path: Path) -> None:
    (tmp_path / ".report.old").mkdir()
    (tmp_path / ".report.old" / "index.html").write_text("one")
    recover_folder(tmp_path / "report")
    assert (tmp_path / "report" / "index.html").read_text() == "one"
    recover_folder(tmp_path / "report")
    assert [path.name for path in tmp_path.iterdir()] == ["report"]
