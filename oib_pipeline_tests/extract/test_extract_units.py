"""A unit is read where the page prints it, asked for where it does not, and never guessed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from extract_builders import Page, contract_values, make_release, xlsx

from oib_pipeline.contract.errors import OibError, SourceError
from oib_pipeline.extract.layouts.layout import FOLDER
from oib_pipeline.extract.release import extract_release

CITIES = {"唐山市": 130200, "大同市": 140200, "大连市": 210200, "吉林市": 220200, "徐州市": 320300,
          "芜湖市": 340200, "淄博市": 370300, "洛阳市": 410300, "黄石市": 420200,
          "株洲市": 430200}  # fmt: skip
YEARS = (2015, 2016, 2017)
SHARES = (0.08, 0.5, 0.42)
HEADS = ("GDP", "第一产业增加值", "第二产业增加值", "第三产业增加值")


def gdp(index: int, year: int) -> float:
    """Made up, 100 million yuan."""
    return round((800 + 90 * index) * 1.08 ** (year - 2015), 1)


def sectors(*heads: str, in_yi: float = 1, share_head: str = "占GDP比重", shares_in: float = 1,
            years=YEARS):  # fmt: skip
    """The compiled panel of sectors, money in 亿元 over ``in_yi``, headed as given."""
    first, second, third = (f"第{name}产业{share_head}" for name in "一二三")
    gdp_head, *sector_heads = heads
    head = ["年份", "城市", "城市代码", gdp_head, sector_heads[0], first, sector_heads[1], second,
            sector_heads[2], third, "产业整体升级"]  # fmt: skip
    rows = [
        [year, name, code, gdp(i, year) / in_yi,
         *(value for s in SHARES for value in (gdp(i, year) * s / in_yi, s * shares_in)), 2.34]
        for i, (name, code) in enumerate(CITIES.items())
        for year in years
    ]  # fmt: skip
    return xlsx(Page([head, *rows]))


def panel(tmp_path, data: bytes):
    return make_release(
        tmp_path / "panel", {"a.xlsx": data}, series="compiled_panel", edition=2017,
        years=(2015, 2017),
    )  # fmt: skip


def problems(release, registry, layouts: Path = FOLDER):
    with pytest.raises(SourceError) as caught:
        extract_release(release, registry, layouts)
    return caught.value.problems


def assert_read_right(values) -> None:
    for index, code in enumerate(CITIES.values()):
        for year in YEARS:
            own = gdp(index, year) * 100
            key = (str(code), year, "whole_city")
            assert values[*key, "gdp_mcny"] == pytest.approx(own)
            for name, share in zip(("primary", "secondary", "tertiary"), SHARES, strict=True):
                assert values[*key, f"{name}_va_mcny"] == pytest.approx(own * share)
                assert values[*key, f"{name}_share_pct"] == pytest.approx(share * 100)


def test_a_unit_printed_beside_goes_before_the_one_that_the_series_usually_has(tmp_path, registry):
    heads = ["GDP(百万元)", "第一产业增加值(百万元)", *HEADS[2:]]
    extraction = extract_release(panel(tmp_path, sectors(*heads, in_yi=0.01)), registry)
    assert_read_right(contract_values(extraction))
    told = extraction.findings[extraction.findings["found"].str.contains("beside 百万元")]
    assert list(told["cell"]) == ["G1", "I1"]


def test_only_gdp_prints_its_unit(tmp_path, registry):
    data = sectors("GDP(百万元)", *HEADS[1:], in_yi=0.01)
    assert_read_right(contract_values(extract_release(panel(tmp_path, data), registry)))


def test_units_that_differ_beside_a_column_without_one_are_refused(tmp_path, registry):
    heads = ["GDP(亿元)", "第一产业增加值(万元)", *HEADS[2:]]
    found = problems(panel(tmp_path, sectors(*heads)), registry)
    assert [p.cell for p in found] == ["G1", "I1"]
    assert "beside 亿元 (D1) and 万元 (E1)" in found[0].found
    assert "secondary_va_mcny,,,,[产业整体升级]`" in found[0].todo


def test_a_row_for_the_very_table_goes_before_what_stands_beside(tmp_path, registry):
    layouts = Path(shutil.copytree(FOLDER, tmp_path / "layouts"))
    with (layouts / "headers.csv").open("a", encoding="utf-8") as handle:
        for name, variable in (("二", "secondary"), ("三", "tertiary")):
            handle.write(
                f"compiled_panel,第{name}产业增加值,{variable}_va_mcny,,亿元,,[产业整体升级]\n"
            )
    heads = ["GDP(亿元)", "第一产业增加值(亿元人民币)", *HEADS[2:]]
    release = panel(tmp_path, sectors(*heads))
    assert_read_right(contract_values(extract_release(release, registry, layouts)))


@pytest.mark.parametrize(
    ("heads", "found"),
    [
        (["GDP(百万元)", *(f"{head}(亿元)" for head in HEADS[1:])], "above gdp_mcny in 30 of 30"),
        (["GDP(亿元)", *(f"{head}(百万元)" for head in HEADS[1:])], "make up 1.00% at the median"),
    ],
)
def test_sectors_that_do_not_belong_to_their_total_are_refused(tmp_path, registry, heads, found):
    said = problems(panel(tmp_path, sectors(*heads, in_yi=0.4)), registry)
    assert all(found in problem.found for problem in said)
    assert {p.cell[0] for p in said} <= set("DEGI")


def test_shares_above_all_are_refused_and_a_printed_sign_is_their_unit(tmp_path, registry):
    heads = [f"{head}(亿元)" for head in HEADS]
    said = problems(panel(tmp_path / "a", sectors(*heads, shares_in=100)), registry)
    assert [p.cell for p in said] == ["F2", "H2", "J2"]
    assert "% would make it 8" in said[0].todo
    few = sectors(*heads, shares_in=100, years=(2015,))
    said = problems(panel(tmp_path / "c", few), registry)
    assert ["above 100 % in 10 of 10" in p.found for p in said] == [True] * 3
    data = sectors(*heads, shares_in=100, share_head="占GDP比重/%")
    assert_read_right(contract_values(extract_release(panel(tmp_path / "b", data), registry)))


@pytest.mark.parametrize(
    "after", ["/亿元", "亿元", "，亿元", "：亿元", " / 亿元", "_亿元", "[亿元]"]
)
def test_a_known_unit_after_a_heading_is_its_unit(tmp_path, registry, after):
    data = sectors(*(head + after for head in HEADS))
    assert_read_right(contract_values(extract_release(panel(tmp_path, data), registry)))


@pytest.mark.parametrize("unit", ["十亿元", "亿美元", "10亿元"])
@pytest.mark.parametrize("form", ["{}/{}", "{}({})", "{}{}"])
def test_an_unknown_unit_is_refused_and_no_row_makes_it_another(tmp_path, registry, unit, form):
    data = sectors(*(form.format(head, unit) for head in HEADS))
    release = panel(tmp_path, data)
    said = problems(release, registry)
    assert {p.cell for p in said} == {"D1", "E1", "G1", "I1"}
    rows = [row for p in said for row in re.findall(r"`([^`]+)`", p.todo)]
    stated = {"亿元", "万元", "百万元", "元", "亿元人民币"}
    assert not [row for row in rows if stated & set(row.split(",")) or "whole_city" in row]


def test_a_unit_that_nothing_states_is_asked_for_with_what_each_would_make(tmp_path, registry):
    layouts = Path(shutil.copytree(FOLDER, tmp_path / "layouts"))
    with (layouts / "headers.csv").open("a", encoding="utf-8") as handle:
        handle.write("compiled_panel,名义产值,gdp_mcny,,,\n")
    with (layouts / "tables.csv").open("a", encoding="utf-8") as handle:
        handle.write("compiled_panel,[名义产值],read,whole_city,gdp_mcny,,,,\n")
    head = ["年份", "城市", "城市代码", "名义产值"]
    rows = [[y, n, c, gdp(i, y)] for i, (n, c) in enumerate(CITIES.items()) for y in YEARS]
    release = panel(tmp_path, xlsx(Page([head, *rows])))
    (found,) = problems(release, registry, layouts)
    assert "亿元 would make 唐山市 2015 80,000 million yuan" in found.todo
    assert "百万元 would make it 800" not in found.todo  # no city's share of the nation
    (row,) = re.findall(r"`([^`]+)`", found.todo)
    assert row == "compiled_panel,名义产值,gdp_mcny,,,,[名义产值]"
    with (layouts / "headers.csv").open("a", encoding="utf-8") as handle:
        handle.write(row + "\n")
    with pytest.raises((SourceError, OibError)):
        extract_release(release, registry, layouts)
