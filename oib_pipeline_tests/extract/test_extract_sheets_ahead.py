"""Sheets come one after the other, the next being read while one is used."""

from __future__ import annotations

import io
import weakref
import zipfile
from dataclasses import replace

import pytest
from extract_builders import Page, extract, xls, xlsx

from oib_pipeline.contract.errors import SourceError
from oib_pipeline.extract.workbook.reader import each_grid

TITLE = "2-6 地区生产总值"
PAGES = [
    Page([[f"{TITLE} {k}"], ["城市", "地区生产总值(万元)"], ["北京市", 1.5 + k]], sheet=f"s{k}")
    for k in range(6)
]


def with_second_sheet_broken(data: bytes) -> bytes:
    """The same package, its second sheet cut off in the middle of a tag."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            cut = content.index(b"</row>") if name.endswith("sheet2.xml") else len(content)
            new.writestr(name, content[: cut + 4] if cut < len(content) else content)
    return out.getvalue()


@pytest.mark.parametrize("make", [xlsx, xls])
def test_every_sheet_comes_in_the_order_of_the_file(tmp_path, make):
    path = tmp_path / "a.xlsx"
    path.write_bytes(make(*PAGES))
    found = [(grid.sheet, grid.cells[2, 1]) for grid in each_grid(path)]
    assert found == [(f"s{k}", 1.5 + k) for k in range(6)]


def test_sheets_that_were_used_are_not_kept(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx(*PAGES))
    given = []
    for grid in each_grid(path):
        given.append(weakref.ref(grid))
        assert sum(one() is not None for one in given) <= 2
    assert len(given) == 6


def test_a_broken_sheet_is_told_after_the_sound_ones_before_it(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(with_second_sheet_broken(xlsx(*PAGES)))
    grids = each_grid(path, "some-release")
    assert next(grids).sheet == "s0"
    with pytest.raises(SourceError, match=r"a\.xlsx: found a damaged workbook"):
        list(grids)


def test_a_broken_sheet_refuses_the_release(tmp_path, registry):
    sound = xlsx(*(replace(page, sheet=f"t{k}") for k, page in enumerate(PAGES[:2])))
    with pytest.raises(SourceError) as caught:
        extract(tmp_path, {"a.xlsx": with_second_sheet_broken(sound)}, registry)
    assert [problem.file for problem in caught.value.problems] == ["a.xlsx"]
    assert "a damaged workbook" in caught.value.problems[0].found
