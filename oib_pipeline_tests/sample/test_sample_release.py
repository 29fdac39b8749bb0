"""The committed releases are what the code writes, byte for byte, with manifests that hold."""

from __future__ import annotations

import hashlib
import io

import python_calamine
import yaml

from oib_pipeline.synthetic.editions import editions
from oib_pipeline.synthetic.release import main, sample_files

LIMIT = 6_000_000  # bytes committed


def cells(content: bytes):
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {
        (one.name, str(one.visible)): book.get_sheet_by_name(one.name).to_python(
            skip_empty_area=False
        )
        for one in book.sheets_metadata
    }


def test_same_bytes_each_time(registry, made):
    assert dict(sample_files(registry)) == made


def test_committed_files_are_the_written_ones(made, raw):
    folders = sorted(raw.glob("sample-ccsy-*"))
    committed = {
        path.relative_to(raw).as_posix(): path.read_bytes()
        for path in [*(one for folder in folders for one in folder.iterdir()), raw / "truth.yml"]
    }
    assert sorted(committed) == sorted(made)
    for name, content in committed.items():
        # Another zlib packs the same cells into other bytes; the cells are what must not change.
        if name.endswith(".xlsx") and content != made[name]:
            assert cells(content) == cells(made[name]), name
    assert sum(map(len, committed.values())) < LIMIT


def test_checksums_of_the_committed_manifests_hold(raw):
    for edition in editions():
        folder = raw / edition.release
        manifest = yaml.safe_load((folder / "release.yml").read_text(encoding="utf-8"))
        workbooks = {path.name for path in folder.glob("*.xlsx")}
        assert set(manifest["files"]) == workbooks
        for name, digest in manifest["files"].items():
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


def test_manifests_say_synthetic_and_which_data_year(made):
    for edition in editions():
        manifest = yaml.safe_load(made[f"{edition.release}/release.yml"])
        assert manifest["release"] == edition.release
        assert manifest["synthetic"] is True
        assert manifest["publisher"] == "synthetic (oib_pipeline.synthetic)"
        assert (manifest["series"], manifest["licence"]) == ("ccsy", "CC0-1.0")
        assert manifest["data_years"] == [edition.edition - 1, edition.edition - 1]
    assert [one.year for one in editions()] == list(range(2010, 2019))


def test_command_writes_the_releases_and_removes_workbooks_no_longer_made(tmp_path, made, raw):
    stale = tmp_path / "sample-ccsy-2019" / "old.xlsx"
    stale.parent.mkdir()
    stale.write_bytes(b"")
    assert main(["--out", str(tmp_path), "--registry", str(raw.parent / "registry")]) == 0
    written = {
        path.relative_to(tmp_path).as_posix(): path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    assert written == made
