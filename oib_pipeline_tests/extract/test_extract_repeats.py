"""A second value for a key is named, however many equal repeats stand around it."""

import hashlib
import shutil
from pathlib import Path

import openpyxl
import pytest
import yaml

from oib_pipeline.contract.errors import SourceError
from oib_pipeline.extract import extract_release, read_release
from oib_pipeline.registry.registry import load_registry

ROOT = Path(__file__).parents[2]


def test_the_differing_value_of_a_repeated_table_is_named_first(tmp_path: Path) -> None:
    folder = tmp_path / "sample-ccsy-2018"
    shutil.copytree(ROOT / "data" / "raw" / "sample-ccsy-2018", folder)
    page = next(path for path in folder.glob("*.xlsx") if "人口数" in path.name)
    copy = folder / "again.xlsx"
    book = openpyxl.load_workbook(page)
    sheet = book.worksheets[0]
    sheet["D60"] = "987.65"
    book.save(copy)
    manifest = yaml.safe_load((folder / "release.yml").read_text(encoding="utf-8"))
    manifest["files"][copy.name] = hashlib.sha256(copy.read_bytes()).hexdigest()
    (folder / "release.yml").write_text(yaml.safe_dump(manifest), encoding="utf-8")

    with pytest.raises(SourceError) as caught:
        extract_release(read_release(folder), load_registry(ROOT / "data" / "registry"))
    first, *_, last = caught.value.problems
    assert "987.65" in first.text() and "D60" in first.text()
    assert "more values given twice" in last.found and "equal both times" in last.found
