"""An edition nobody has seen is refused with what to add, and loads once the rows are there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from extract_builders import contract_values, make_release, text, xlsx
from extract_pages import CITIES, cnki_gdp, csmar_gdp, gdp, rows

from oib_pipeline.contract.errors import OibError, SourceError
from oib_pipeline.extract.layouts.layout import FOLDER, load_layout
from oib_pipeline.extract.release import extract_release

NEW_ROWS = {
    "tables.csv": "ccsy,经济总量,read,both,gdp_mcny,,,,",
    "labels.csv": "ccsy,市名,city",
    "headers.csv": "ccsy,生产总值,gdp_mcny,,,",
    "scopes.csv": "全域,whole_city\n城区,districts",
    "units.csv": "万圆,万元,an edition's spelling",
    "missing.csv": "ccsy,,—,2030,,a dash for no value",
    "rows.csv": "ccsy,exact,河比省,,province,130000,OCR of a province\n"
    "ccsy,exact,唐山布,,city,130200,OCR of a city\n"
    "ccsy,prefix,表注,,ignore,,footnote of that edition",
    "cells.csv": 'ccsy-2030,p.xlsx,Sheet1,C12,"143)413",,"unreadable on the page"',
}


def page():
    """Everything about it is new: title, head word, header, scopes, unit, marks, spellings."""
    found = cnki_gdp()
    found.sheet = "Sheet1"
    found.rows = [
        ["5-1 经济总量", "", "", ""],
        ["市名", "City", "生产总值(万圆)", ""],
        ["", "", "全域", "城区"],
        *rows(lambda code: list(gdp(code))),
        ["表注：略。", "", "", ""],
    ]
    for row in found.rows:
        row[0] = row[0].replace("河北省", "河比省").replace("唐山市", "唐山布")
    found.rows[found.find("邯郸")[0]][2] = "—"
    found.rows[11][2] = "143)413"
    return found


@pytest.fixture
def layouts(tmp_path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "layouts"))


def add(layouts: Path, *tables: str) -> None:
    for table in tables:
        with (layouts / table).open("a", encoding="utf-8") as handle:
            handle.write(NEW_ROWS[table] + "\n")


def test_a_new_edition_costs_rows_only(tmp_path, registry, layouts):
    release = make_release(
        tmp_path / "ccsy-2030", {"p.xlsx": xlsx(page())}, edition=2030, years=(2029, 2029)
    )
    with pytest.raises(SourceError):
        extract_release(release, registry, layouts)
    add(layouts, *NEW_ROWS)
    values = contract_values(extract_release(release, registry, layouts))
    expected = {
        (code, 2029, scope, "gdp_mcny"): value / 100
        for _, _, code in CITIES
        for scope, value in zip(("whole_city", "districts"), gdp(code), strict=True)
    }
    del expected["130400", 2029, "whole_city", "gdp_mcny"]
    del expected["140100", 2029, "whole_city", "gdp_mcny"]
    assert values == expected


@pytest.mark.parametrize("left_out", list(NEW_ROWS))
def test_each_missing_row_is_asked_for(tmp_path, registry, layouts, left_out):
    release = make_release(
        tmp_path / "ccsy-2030", {"p.xlsx": xlsx(page())}, edition=2030, years=(2029, 2029)
    )
    add(layouts, *(table for table in NEW_ROWS if table != left_out))
    with pytest.raises(SourceError) as caught:
        extract_release(release, registry, layouts)
    asked = " ".join(problem.todo for problem in caught.value.problems)
    hints = {"missing.csv": "cells.csv"}  # a mark not known is no number
    assert hints.get(left_out, left_out) in asked


def test_a_correction_of_a_cell_that_has_changed_is_refused(tmp_path, registry, layouts):
    changed = page()
    changed.rows[11][2] = 15
    release = make_release(
        tmp_path / "ccsy-2030", {"p.xlsx": xlsx(changed)}, edition=2030, years=(2029, 2029)
    )
    add(layouts, *NEW_ROWS)
    with pytest.raises(SourceError, match=r"C12: found '15'; expected '143\)413'"):
        extract_release(release, registry, layouts)


def test_an_empty_sheet_may_be_allowed_for_one_file(tmp_path, registry, layouts):
    from extract_builders import Page

    files = {"a.xlsx": xlsx(cnki_gdp(), Page([], sheet="Sheet2"))}
    release = make_release(tmp_path / "ccsy-2018", files)
    with pytest.raises(SourceError, match="an empty sheet"):
        extract_release(release, registry, layouts)
    with (layouts / "tables.csv").open("a", encoding="utf-8") as handle:
        handle.write("ccsy,(empty sheet),skip,,,,,a.xlsx,left empty by the publisher\n")
    skipped = extract_release(release, registry, layouts).skipped
    assert list(skipped["reason"]) == ["left empty by the publisher"]


def test_english_behind_the_name_in_one_cell(tmp_path, registry):
    found = cnki_gdp()
    for row in found.rows[3:]:
        row[0], row[1] = f"{row[0]} {row[1].strip()}", ""
    release = make_release(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(found)})
    assert len(extract_release(release, registry).observations) == 2 * len(CITIES)


@pytest.mark.parametrize("english", ["Huai'an", "Huai’an", "Huai An", "Huai-an"])
def test_an_english_name_may_hold_an_apostrophe_a_space_or_a_hyphen(tmp_path, registry, english):
    found = cnki_gdp()
    row = found.rows[found.find("无锡")[0]]
    row[0], row[1] = f"淮安市 {english}", ""
    release = make_release(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(found)})
    codes = set(extract_release(release, registry).observations["city_code"])
    assert "320800" in codes
    assert "320200" not in codes


def test_a_name_followed_by_anything_but_english_is_refused(tmp_path, registry):
    found = cnki_gdp()
    row = found.rows[found.find("无锡")[0]]
    row[0] = "淮安市 Huai'an 2"
    release = make_release(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(found)})
    with pytest.raises(SourceError, match="huai'an2"):
        extract_release(release, registry)


@pytest.mark.parametrize(("mark", "printed"), [("…", "…"), ("...", "…"), ("…", "..."), ("－", "-")])
def test_a_mark_for_missing_holds_however_wide_it_is_written(
    tmp_path, registry, layouts, mark, printed
):
    found = cnki_gdp()
    found.rows[found.find("邯郸")[0]][2] = printed
    release = make_release(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(found)})
    with (layouts / "missing.csv").open("a", encoding="utf-8") as handle:
        handle.write(f"ccsy,,{mark},,,a mark for no value\n")
    assert len(extract_release(release, registry, layouts).observations) == 2 * len(CITIES) - 1


def test_csmar_text_with_field_codes_alone(tmp_path, registry):
    found = csmar_gdp()
    del found.rows[1:3]
    release = make_release(tmp_path / "csmar-2024", {"a.csv": text(found, "utf-8-sig")},
                           series="csmar", edition=2024, years=(2016, 2017))  # fmt: skip
    values = contract_values(extract_release(release, registry))
    assert len(values) == len(CITIES) * 2 * 8


@pytest.mark.parametrize(
    ("table", "row", "message"),
    [
        ("headers.csv", "ccsy,x,gdp,,,", "variable 'gdp'"),
        ("headers.csv", "ccsy,x,gdp_mcny,,公顷,", "unit '公顷'"),
        ("headers.csv", "ccsy,x,,,,", "nothing under variable and note"),
        ("tables.csv", "ccsy,x,skip,,,,,,", "nothing under reason"),
        ("tables.csv", "ccsy,x,,,,,,,", "action ''"),
        ("tables.csv", "ccsy,x,read,town,,,,,", "scope 'town'"),
        ("tables.csv", "ccsy,x,read,both,gdp,,,,", "requires 'gdp'"),
        ("tables.csv", "ccsy,x,read", "9 fields"),
        ("labels.csv", "ccsy,x,town", "role 'town'"),
        ("labels.csv", "ccsy,x,", "role ''"),
        ("units.csv", "x,,", "nothing under stated and note"),
        ("scopes.csv", "x,", "scope ''"),
        ("missing.csv", "ccsy,,x,,,", "nothing under note"),
        ("cells.csv", "ccsy-2018,a.xlsx,Sheet1,A1,x,,", "nothing under reason"),
        ("rows.csv", "ccsy,about,x,,ignore,,", "match 'about'"),
        ("rows.csv", "ccsy,exact,x,,ignore,,", "nothing under reason"),
        ("rows.csv", "ccsy,exact,x,,city,,why", "nothing under city_code"),
        ("headers.csv", "ccsy,地区生产总值,gdp_mcny,,,,人口数,,", "what line 3 does"),
    ],
)
def test_a_row_that_means_nothing_names_its_line(layouts, table, row, message):
    path = layouts / table
    line = len(path.read_text(encoding="utf-8").splitlines()) + 1
    path.write_text(path.read_text(encoding="utf-8") + row + "\n", encoding="utf-8")
    with pytest.raises(OibError, match=message) as caught:
        load_layout("ccsy", layouts)
    assert f"{table}, line {line}" in str(caught.value)


def test_the_shipped_tables_hold_together():
    for series in ("ccsy", "csmar", "compiled_panel", "compiled_indicators"):
        layout = load_layout(series)
        assert layout.headers
        assert "city" in layout.labels.values()
