"""Every kind of file reads to the same grid; a damaged or hostile one is refused by name."""

from __future__ import annotations

import io
import tracemalloc
import zipfile

import pytest
from extract_builders import Page, encrypted_xls, text, xls, xlsx

from oib_pipeline.contract.errors import SourceError
from oib_pipeline.extract.workbook.grid import address, as_text, column_letters
from oib_pipeline.extract.workbook.reader import read_grids

PAGE = Page([["城市", "地区生产总值(万元)", "空"], ["北京市", 12.5, ""], ["天津市", "1,234", 7]])
EXPECTED = [["城市", "地区生产总值(万元)", "空"], ["北京市", "12.5", ""], ["天津市", "1,234", "7"]]


def grids(tmp_path, data: bytes, name: str = "a.xlsx"):
    path = tmp_path / name
    path.write_bytes(data)
    return read_grids(path)


def texts(grid) -> list[list[str]]:
    return [[as_text(value) for value in row] for row in grid.cells]


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.csv"])
@pytest.mark.parametrize(
    "data",
    [
        xlsx(PAGE),
        xls(PAGE),
        encrypted_xls(PAGE),
        text(PAGE),
        text(PAGE, "utf-8-sig"),
        text(PAGE, "gb18030"),
        text(PAGE, "utf-16"),
    ],
    ids=["xlsx", "xls", "encrypted", "utf-8", "bom", "gb18030", "utf-16"],
)
def test_content_decides_the_kind_whatever_the_name(tmp_path, data, name):
    assert texts(grids(tmp_path, data, name)[0]) == EXPECTED


def test_an_encrypted_workbook_is_no_plain_one(tmp_path):
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    data = encrypted_xls(PAGE)
    with pytest.raises((CalamineError, PasswordError)):
        CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)


def test_hidden_sheets_and_merges_are_told(tmp_path):
    page = PAGE.copy()
    page.merges = ["A1:A2"]
    shown, hidden = grids(tmp_path, xlsx(page, Page([["x"]], sheet="CNKI", hidden=True)))
    assert (shown.visible, hidden.visible) == (True, False)
    assert shown.merges == ((0, 0, 1, 0),)


def test_addresses():
    assert [column_letters(i) for i in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert address(11, 2) == "C12"


def refused(tmp_path, data: bytes, name: str = "some file.xlsx") -> str:
    with pytest.raises(SourceError) as caught:
        grids(tmp_path, data, name)
    message = str(caught.value)
    assert name in message
    return message


def test_a_wrong_password_is_said_so(tmp_path):
    assert "password" in refused(tmp_path, encrypted_xls(PAGE, password="secret"), "p.xls")


@pytest.mark.parametrize("data", [xlsx(PAGE), xls(PAGE), encrypted_xls(PAGE)],
                         ids=["xlsx", "xls", "encrypted"])  # fmt: skip
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused(tmp_path, data, kept):
    assert "damaged" in refused(tmp_path, data[: int(len(data) * kept)])


@pytest.mark.parametrize("data", [b"", b"   \n", b"<html><table></table></html>", b"%PDF-1.4 \x00",
                                  b"\xff\xfe\x00", b"\x00" * 100], ids=repr)  # fmt: skip
def test_what_is_no_workbook_is_refused(tmp_path, data):
    refused(tmp_path, data)


def rewritten(data: bytes, change) -> bytes:
    """An .xlsx with its first sheet's XML changed."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            content = old.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                content = change(content)
            new.writestr(info.filename, content)
    return out.getvalue()


def test_a_zip_bomb_is_refused_before_it_unfolds(tmp_path):
    def change(content):
        return content.replace(b"</sheetData>", b" " * 400_000_000 + b"</sheetData>")

    bomb = rewritten(xlsx(PAGE), change)
    assert len(bomb) < 1_000_000
    tracemalloc.start()
    assert "unfolds" in refused(tmp_path, bomb)
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="XFD1048576"><v>1</v></c>',
        b"<c r='XFD1048576'><v>1</v></c>",
        b'<c t="n" r="XFD1048576"><v>1</v></c>',
    ],
)
def test_a_lone_cell_far_away_is_refused(tmp_path, cell):
    far = b'<row r="1048576">' + cell + b"</row></sheetData>"
    data = rewritten(xlsx(PAGE), lambda content: content.replace(b"</sheetData>", far))
    assert "16,384 columns" in refused(tmp_path, data)


def test_cells_without_addresses_are_bounded_too(tmp_path):
    many = b"<row>" + b"<c><v>1</v></c>" * 30_000 + b"</row>" + b'<row r="1048576"></row>'
    data = rewritten(xlsx(PAGE), lambda c: c.replace(b"</sheetData>", many + b"</sheetData>"))
    assert "columns" in refused(tmp_path, data)


def test_a_part_that_lies_about_its_size_is_refused(tmp_path):
    data = bytearray(xlsx(PAGE))
    at = data.rfind(b"PK\x01\x02")
    sizes = []
    while at >= 0:
        name_length = int.from_bytes(data[at + 28 : at + 30], "little")
        name = bytes(data[at + 46 : at + 46 + name_length])
        if name == b"xl/worksheets/sheet1.xml":
            sizes.append(int.from_bytes(data[at + 24 : at + 28], "little"))
            data[at + 24 : at + 28] = (10).to_bytes(4, "little")
        at = data.rfind(b"PK\x01\x02", 0, at)
    assert sizes
    refused(tmp_path, bytes(data))


def test_entities_are_not_expanded(tmp_path):
    def change(content):
        rest = content.partition(b"?>")[2] if content.startswith(b"<?xml") else content
        return b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>' + rest

    assert "document type" in refused(tmp_path, rewritten(xlsx(PAGE), change))


def test_formulas_give_the_kept_value_and_are_never_evaluated(tmp_path):
    page = PAGE.copy()
    page.rows[1][1] = "=1+1"
    (grid,) = grids(tmp_path, xlsx(page))
    assert grid.formulas == {(1, 1): False}
    assert grid.text(1, 1) == ""

    def keep(content):
        return content.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>42</v>").replace(
            b"<f>1+1</f><v />", b"<f>1+1</f><v>42</v>").replace(
            b"<f>1+1</f><v/>", b"<f>1+1</f><v>42</v>")  # fmt: skip

    (grid,) = grids(tmp_path, rewritten(xlsx(page), keep))
    assert grid.formulas == {(1, 1): True}
    assert grid.text(1, 1) == "42"


def test_a_formula_of_an_old_workbook_that_was_never_calculated_is_told(tmp_path):
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("s")
    sheet.write(0, 0, "城市")
    sheet.write(1, 1, xlwt.Formula("1+1"))
    out = io.BytesIO()
    book.save(out)
    (grid,) = grids(tmp_path, out.getvalue(), "a.xls")
    assert grid.formulas == {(1, 1): False}


def test_quotes_that_do_not_close_are_refused(tmp_path):
    assert "no table" in refused(tmp_path, '城市,值\n"北京市,1\n'.encode(), "a.csv")


def test_a_sheet_kept_under_another_name_is_scanned_too(tmp_path):
    page = PAGE.copy()
    page.rows[1][1] = "=1+1"
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(page))) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            content = old.read(info).replace(b"worksheets/sheet1.xml", b"elsewhere/s.xml")
            new.writestr(info.filename.replace("worksheets/sheet1.xml", "elsewhere/s.xml"), content)
    (grid,) = grids(tmp_path, out.getvalue())
    assert grid.formulas == {(1, 1): False}


def test_error_values_are_kept_as_printed(tmp_path):
    page = PAGE.copy()
    page.rows[1][1] = "#DIV/0!"
    (grid,) = grids(tmp_path, xlsx(page))
    assert grid.text(1, 1) == "#DIV/0!"
