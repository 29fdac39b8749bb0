"""An error's advice, followed to the letter, makes the page load; what two rows say may differ."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from extract_builders import contract_values, make_release, text, xlsx
from extract_pages import CITIES, cnki_gdp, gdp, pair_gdp, per_head, rows

from oib_pipeline.cli import main
from oib_pipeline.contract.errors import OibError, SourceError
from oib_pipeline.extract.inspect import inspect_path
from oib_pipeline.extract.layouts.layout import FOLDER
from oib_pipeline.extract.release import extract_release

ROOT = Path(__file__).parents[2]


@pytest.fixture
def layouts(tmp_path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "layouts"))


def add(layouts: Path, table: str, row: str) -> None:
    with (layouts / f"{table}.csv").open("a", encoding="utf-8") as handle:
        handle.write(row + "\n")


def problems(release, registry, layouts):
    with pytest.raises(SourceError) as caught:
        extract_release(release, registry, layouts)
    return caught.value.problems


def advised(problem) -> tuple[str, str]:
    """Table and row of the first row that an error's advice writes out."""
    row = re.search(r"`([^`]+)`", problem.todo)
    table = re.search(r"layouts/(\w+)\.csv", problem.todo)
    assert row and table, problem.todo
    return table.group(1), row.group(1)


def two_meanings(tmp_path):
    """One header that is whole GDP in one table and per head in the other."""
    one, other = cnki_gdp(), cnki_gdp()
    one.rows[2][2:] = ["总值(万元)", "", ""]
    other.rows[0][0] = "2-10 人均产值(市辖区)"
    other.rows[2][2:] = ["总值(元)", "", ""]
    one.rows[3:] = rows(lambda c: [gdp(c)[1], "", ""])
    other.rows[3:] = rows(lambda c: [per_head(c)[1], "", ""])
    return make_release(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(one), "b.xlsx": xlsx(other)})


def test_a_header_means_one_thing_in_one_table_and_another_in_another(tmp_path, registry, layouts):
    release = two_meanings(tmp_path)
    add(layouts, "tables", "ccsy,人均产值,read,both,gdp_per_capita_cny,,,,")
    tables = (layouts / "tables.csv").read_text(encoding="utf-8")
    (layouts / "tables.csv").write_text(
        tables.replace("gdp_mcny gdp_per_capita_cny,,,,\nccsy,地区生产总值构成",
                       "gdp_mcny,,,,\nccsy,地区生产总值构成"), encoding="utf-8"
    )  # fmt: skip
    add(layouts, "headers", "ccsy,总值,gdp_mcny,,,,地区生产总值")
    found = problems(release, registry, layouts)
    assert {p.file for p in found} == {"b.xlsx"}
    assert "gdp_mcny in other tables" in found[0].found
    assert "`ccsy,总值,,,,,人均产值`" in found[0].todo
    add(layouts, "headers", "ccsy,总值,gdp_per_capita_cny,,,,人均产值,-2018")
    values = contract_values(extract_release(release, registry, layouts))
    assert values["320300", 2017, "districts", "gdp_mcny"] == gdp("320300")[1] / 100
    assert values["320300", 2017, "districts", "gdp_per_capita_cny"] == per_head("320300")[1]


def test_a_header_with_two_meanings_in_one_place_is_refused(tmp_path, registry, layouts):
    add(layouts, "headers", "ccsy,人均地区生产总值,gdp_mcny,,,")
    release = make_release(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(cnki_gdp())})
    (found, *_) = problems(release, registry, layouts)
    assert "gdp_mcny or gdp_per_capita_cny in headers.csv" in found.found
    assert advised(found) == ("headers", "ccsy,人均地区生产总值,,,,,地区生产总值")
    add(layouts, "headers", "ccsy,人均地区生产总值,gdp_per_capita_cny,,,,地区生产总值")
    values = contract_values(extract_release(release, registry, layouts))
    assert values["320300", 2017, "districts", "gdp_per_capita_cny"] == per_head("320300")[1]


def several_units(line: str):
    page = pair_gdp()
    page.rows[3] = [str(cell).replace("（亿元）", "").replace("(元)", "") for cell in page.rows[3]]
    page.rows[4] = ["", "", "Gross Regional Product", "", "Per Capita GRP", "", "Growth", ""]
    page.rows[2][0] = line
    page.merges = []
    return page


@pytest.mark.parametrize("line", ["单位：亿元、元", "单位:亿元,元", "（亿元、元）"])
def test_two_units_over_a_table_go_to_the_columns_they_fit(tmp_path, registry, line):
    page = several_units(line)
    page.rows[3][6] = "地区生产总值增长率(%)"
    release = make_release(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(page)})
    values = contract_values(extract_release(release, registry))
    assert values["320300", 2017, "whole_city", "gdp_mcny"] == gdp("320300")[0] / 100
    assert values["320300", 2017, "districts", "gdp_per_capita_cny"] == per_head("320300")[1]


def test_two_units_that_both_fit_ask_for_a_row(tmp_path, registry, layouts):
    page = several_units("单位：百万元、亿元、元")
    for row in page.rows[6:]:
        row[2:4] = [value * 10 if value != "" else "" for value in row[2:4]]
    release = make_release(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(page)})
    found = [p for p in problems(release, registry, layouts) if "over the whole table" in p.found]
    assert len(found) == 2
    assert "`ccsy,地区生产总值(当年价格),gdp_mcny,,,,地区生产总值`" in found[0].todo
    assert "亿元 would make 北京市 2017 1,770,000 million yuan" in found[0].todo
    assert "百万元 would make it 17,700." in found[0].todo
    pasted = Path(shutil.copytree(layouts, tmp_path / "pasted"))
    add(pasted, *advised(found[0]))
    with pytest.raises(OibError):
        extract_release(release, registry, pasted)
    add(layouts, "headers", "ccsy,地区生产总值(当年价格),gdp_mcny,,百万元,,地区生产总值")
    values = contract_values(extract_release(release, registry, layouts))
    assert values["320300", 2017, "whole_city", "gdp_mcny"] == gdp("320300")[0] / 1e3


def bare_names_without_provinces():
    page = cnki_gdp()
    page.rows = page.rows[:3] + [row for row in page.rows[3:] if row[2]]
    for row in page.rows[3:]:
        row[0] = row[0].removesuffix("市")
    return page


def test_a_city_named_as_its_province_is_told_by_a_row(tmp_path, registry, layouts):
    release = make_release(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(bare_names_without_provinces())})
    found = problems(release, registry, layouts)
    assert [p.cell for p in found] == ["A16"]
    assert "(吉林市 220200)" in found[0].todo
    table, row = advised(found[0])
    assert (table, row) == ("rows", "ccsy,exact,吉林,,city,,no provinces are rows of that table")
    add(layouts, table, row.replace("city,,", "city,220200,"))
    values = contract_values(extract_release(release, registry, layouts))
    assert values["220200", 2017, "districts", "gdp_mcny"] == gdp("220200")[1] / 100
    assert len(values) == 2 * len(CITIES)


def test_that_row_leaves_tables_with_provinces_as_they_are(tmp_path, registry, layouts):
    add(layouts, "rows", "ccsy,exact,吉林,,city,220200,no provinces are rows of that table")
    page = cnki_gdp()
    for row in page.rows[3:]:
        row[0] = row[0].removesuffix("省").removesuffix("市")
    release = make_release(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(page)})
    assert len(extract_release(release, registry, layouts).observations) == 2 * len(CITIES)


@pytest.mark.parametrize("mark", ["..", "—", "NA"])
def test_a_mark_that_repeats_is_one_error_with_its_row(tmp_path, registry, layouts, mark):
    page = cnki_gdp()
    for row in page.rows[6:20]:
        row[2:4] = [mark if value else "" for value in row[2:4]]
    release = make_release(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(page)})
    (found,) = problems(release, registry, layouts)
    assert "in 22 cells (C8, C9, C10 ...)" in found.found or "in 2" in found.found
    table, row = advised(found)
    assert (table, row) == ("missing", f"ccsy,,{mark},2018,2018,")
    add(layouts, table, row + "no figure")
    kept = sum(isinstance(row[2], str) and row[2][:1].isdigit() for row in page.rows[3:])
    assert len(extract_release(release, registry, layouts).observations) == 2 * kept


def test_a_damaged_value_is_told_with_its_row(tmp_path, registry, layouts):
    page = cnki_gdp()
    page.rows[4 + 3][2] = "2604G40"
    release = make_release(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(page)})
    (found,) = problems(release, registry, layouts)
    table, row = advised(found)
    assert (table, row) == ("cells", "ccsy-2018,a.xlsx,1-7,C8,2604G40,,")
    add(layouts, table, row + "blotted")
    assert len(extract_release(release, registry, layouts).observations) == 2 * len(CITIES) - 1


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_delimited_text_may_be_called_txt(tmp_path, registry, encoding):
    data = text(cnki_gdp(), encoding).decode(encoding)
    lines = data.replace("\r\n", " ").split("\n")
    release = make_release(tmp_path / "ccsy-2018", {"a.txt": "\n".join(lines).encode(encoding)})
    assert len(extract_release(release, registry).observations) == 2 * len(CITIES)


def test_text_parted_by_tabs_under_a_title_without_any(tmp_path, registry):
    page = [[str(cell).replace("\r\n", " ") for cell in row] for row in cnki_gdp().rows]
    lines = [page[0][0], page[1][0], *("\t".join(row) for row in page[2:])]
    release = make_release(tmp_path / "ccsy-2018", {"a.txt": "\n".join(lines).encode("gb18030")})
    assert len(extract_release(release, registry).observations) == 2 * len(CITIES)


def test_text_that_is_no_table_is_refused_by_name(tmp_path, registry):
    files = {"a.xlsx": xlsx(cnki_gdp()), "notes.txt": "看年鉴。\n第一行。\n".encode()}
    release = make_release(tmp_path / "ccsy-2018", files)
    with pytest.raises(SourceError, match=r"notes\.txt: found no table"):
        extract_release(release, registry)


def test_a_release_that_gives_nothing_does_not_load(tmp_path, registry):
    release = make_release(tmp_path / "ccsy-2018", {"a.pdf": b"%PDF-1.4"})
    with pytest.raises(SourceError, match="no value of any variable"):
        extract_release(release, registry)
    assert not inspect_path(release.folder, registry).loads


def test_a_lone_file_is_inspected_by_the_series_one_says(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("OIB_DATA", str(ROOT / "data"))
    path = tmp_path / "gdp.xlsx"
    path.write_bytes(xlsx(pair_gdp()))
    assert main(["inspect", str(path)]) == 1
    assert "--series ccsy --edition" in capsys.readouterr().err
    assert main(["inspect", str(path), "--series", "ccsy", "--edition", "2018"]) == 0
    shown = capsys.readouterr().out
    assert "data year 2017" in shown and "would load: 80 values" in shown
    assert main(["inspect", str(path), "--series", "ccsy", "--edition", "2020"]) == 1
    assert "the data year 2017" in capsys.readouterr().out
    assert main(["inspect", str(path), "--series", "none"]) == 1
    assert "there are ccsy" in capsys.readouterr().err
