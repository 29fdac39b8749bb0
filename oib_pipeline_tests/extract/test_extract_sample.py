"""The synthetic sample loads with the same tables, and no printed value of it is lost."""

from __future__ import annotations

import openpyxl
import pytest
from extract_builders import ROOT

from oib_pipeline.contract.manifest import find_releases, read_release
from oib_pipeline.extract.release import extract_release

RAW = ROOT / "data" / "raw"
SAMPLES = [found for found in find_releases(RAW) if found.release.startswith("sample-")]


def printed(folder, files: set[str]) -> dict[tuple[str, str, str], str]:
    """Text of every filled cell, by file, sheet and address, as another reader sees it."""
    cells = {}
    for path in (folder / name for name in files):
        for sheet in openpyxl.load_workbook(path, data_only=True):
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.value not in (None, ""):
                        cells[path.name, sheet.title, cell.coordinate] = str(cell.value).strip()
    return cells


@pytest.mark.parametrize("found", SAMPLES, ids=lambda found: found.release)
def test_each_sample_release_gives_every_value_it_prints(found, registry):
    release = read_release(found.folder)
    extraction = extract_release(release, registry)
    table = extraction.observations
    cells = printed(found.folder, set(table["file"]))
    places = list(zip(table["file"], table["sheet"], table["cell"], strict=True))
    for place, text, value in zip(places, table["text"], table["value"], strict=True):
        assert float(cells[place].replace(",", "")) == float(text.replace(",", "")) == value
    columns = {(file, sheet, cell.rstrip("0123456789")) for file, sheet, cell in places}
    cities = {(f, s, c.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for f, s, c in places}
    missed = [
        place
        for place in cells.keys() - set(places)
        if (place[0], place[1], place[2].rstrip("0123456789")) in columns
        and (place[0], place[1], place[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) in cities
    ]
    assert missed == []


def test_the_sample_is_nine_editions():
    assert len(SAMPLES) == 9
