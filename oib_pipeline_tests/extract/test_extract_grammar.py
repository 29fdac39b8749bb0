"""Each feature of yearbook layout, on a page of its own, gives exactly the values printed."""

from __future__ import annotations

import pytest
from extract_builders import Page, contract_values, extract, text, xls, xlsx
from extract_pages import (
    CITIES,
    cnki_gdp,
    csmar_gdp,
    gdp,
    pair_gdp,
    pair_population,
    people,
    per_head,
    rows,
    shares,
    unit_row_shares,
)

from oib_pipeline.contract.errors import SourceError

CODES = [code for _, _, code in CITIES]


def gdp_both(year: int = 2017) -> dict:
    expected = {}
    for code in CODES:
        for scope, money, head in zip(
            ("whole_city", "districts"), gdp(code), per_head(code), strict=True
        ):
            expected[code, year, scope, "gdp_mcny"] = money / 100
            expected[code, year, scope, "gdp_per_capita_cny"] = head
    return expected


def only(expected: dict, scope: str) -> dict:
    return {key: value for key, value in expected.items() if key[2] == scope}


def read(tmp_path, registry, *pages: Page, writer=xlsx, **manifest) -> dict:
    files = {f"{i}.bin.xlsx": writer(page) for i, page in enumerate(pages)}
    return contract_values(extract(tmp_path / "ccsy-2018", files, registry, **manifest))


def test_scope_in_the_title_unit_in_the_header_values_as_text(tmp_path, registry):
    assert read(tmp_path, registry, cnki_gdp()) == only(gdp_both(), "districts")


def test_title_in_two_cells_three_merged_header_rows_pairs_of_columns(tmp_path, registry):
    assert read(tmp_path, registry, pair_gdp()) == gdp_both()


def test_lost_merges_read_as_kept_ones(tmp_path, registry):
    page = pair_gdp()
    page.merges = []
    assert read(tmp_path, registry, page) == gdp_both()


def test_the_whole_title_in_one_cell(tmp_path, registry):
    page = pair_gdp()
    page.rows[1] = ["中国2017年地级以上城市数据  2-7 地区生产总值", *[""] * 7]
    page.merges = []
    assert read(tmp_path, registry, page) == gdp_both()


def test_the_title_broken_over_two_lines(tmp_path, registry):
    page = unit_row_shares()
    page.rows[1][0], page.rows[2][0] = "2-7 地区生产", "总值构成"
    values = read(tmp_path, registry, page)
    assert values["130100", 2017, "districts", "secondary_share_pct"] == shares("130100")[1]


def test_unit_in_a_row_of_its_own_full_width(tmp_path, registry):
    values = read(tmp_path, registry, unit_row_shares())
    assert len(values) == len(CODES) * 6
    assert values["320300", 2017, "whole_city", "primary_share_pct"] == shares("320300")[0]


def test_scope_in_a_second_header_row_spelt_with_and_without_the_space(tmp_path, registry):
    page = pair_population()
    page.rows[3][3] = "市 辖 区\r\nDistricts\r\nunder City"
    expected = {}
    for code in CODES:
        for scope, value in zip(("whole_city", "districts"), people(code), strict=True):
            expected[code, 2017, scope, "population_registered_k"] = value * 10
    assert read(tmp_path, registry, page) == expected


def test_continuation_blocks_repeat_title_unit_and_header(tmp_path, registry):
    page = cnki_gdp()
    cut = 3 + 13
    page.rows[cut:cut] = [
        [""] * 5,
        [""] * 5,
        ["2-9  续表 1  continued 1", "", "", "", ""],
        list(page.rows[2]),
    ]
    assert read(tmp_path, registry, page) == only(gdp_both(), "districts")


def test_a_continuation_of_another_table_is_an_error(tmp_path, registry):
    page = cnki_gdp()
    page.rows[16:16] = [["2-10  续表 1", "", "", "", ""], list(page.rows[2])]
    with pytest.raises(SourceError, match=r"A17.*continuation of 2-9"):
        read(tmp_path, registry, page)


def test_header_repeated_without_a_title_continues_the_table(tmp_path, registry):
    page = cnki_gdp()
    page.rows[16:16] = [list(page.rows[2])]
    assert read(tmp_path, registry, page) == only(gdp_both(), "districts")


def test_two_city_blocks_side_by_side(tmp_path, registry):
    page = cnki_gdp()
    head, body = page.rows[2], page.rows[3:]
    half = (len(body) + 1) // 2
    left, right = body[:half], body[half:] + [[""] * 5] * (2 * half - len(body))
    page.rows = [
        *[[*row, *[""] * 5] for row in page.rows[:2]],
        [*head, *head],
        *[[*a, *b] for a, b in zip(left, right, strict=True)],
    ]
    assert read(tmp_path, registry, page) == only(gdp_both(), "districts")


@pytest.mark.parametrize("depth", range(1, 8))
def test_headers_one_to_seven_rows_deep(tmp_path, registry, depth):
    words = [
        "地区生产总值",
        "(当年价格)",
        "(万元)",
        "Gross",
        "Regional",
        "Product",
        "(10 000 yuan)",
    ]
    page = cnki_gdp()
    below = [["", "", word, "", ""] for word in words[1:depth]]
    page.rows[2][2] = words[0] if depth > 2 else words[0] + "(万元)"
    page.rows[3:3] = below
    assert read(tmp_path, registry, page) == only(gdp_both(), "districts")


def test_column_heading_above_the_city_head(tmp_path, registry):
    page = pair_population()
    head = page.rows[2]
    page.rows[2:4] = [["", "", *head[2:]], ["城    市", "City", *page.rows[3][2:]]]
    values = read(tmp_path, registry, page)
    assert (
        values["130100", 2017, "districts", "population_registered_k"] == people("130100")[1] * 10
    )


def test_no_english_column_subtotals_footnotes_and_watermarks(tmp_path, registry):
    page = Page(
        [
            ["2－9  地区生产总值（市辖区）", "", ""],
            ["城市", "地区生产总值\n（万元）", "人均地区生产总值\n（元）"],
            ["合    计", 999999999, ""],
            ["东    部", 99999999, ""],
            *rows(lambda c: [gdp(c)[1], per_head(c)[1]], english=False),
            ["注：本表按当年价格计算。", "", ""],
            ["资料来源：城市统计年鉴", "", ""],
        ]
    )
    assert read(tmp_path, registry, page) == only(gdp_both(), "districts")


def test_names_without_shi_and_with_full_width_spaces(tmp_path, registry):
    page = cnki_gdp()
    for row in page.rows[3:]:
        row[0] = row[0].strip().removesuffix("市").removesuffix("省")
    page.rows[3][0] = "北　京"
    assert read(tmp_path, registry, page) == only(gdp_both(), "districts")


def test_known_ocr_spellings_of_cities_and_units(tmp_path, registry):
    page = cnki_gdp()
    wuxi = page.find("无锡")[0]
    page.rows[wuxi][0] = "尤锡市"
    page.rows[2][2] = "地区生产总值(当年价格)\r\n(万兀)"
    assert read(tmp_path, registry, page) == only(gdp_both(), "districts")


def test_mixed_units_in_one_table_and_text_among_numbers(tmp_path, registry):
    page = pair_gdp()
    for index, row in enumerate(page.rows[6:]):
        if index % 2 and row[2] != "":
            row[2:] = [str(value) for value in row[2:]]
    assert read(tmp_path, registry, page) == gdp_both()


def test_thousands_commas_and_full_width_digits(tmp_path, registry):
    page = cnki_gdp()
    for index, row in enumerate(page.rows[3:]):
        if row[2]:
            wide = str.maketrans("0123456789", "０１２３４５６７８９")
            row[2] = f"{int(row[2]):,}" if index % 2 else row[2].translate(wide)
    assert read(tmp_path, registry, page) == only(gdp_both(), "districts")


def test_several_years_in_one_file_by_a_year_column(tmp_path, registry):
    files = {"CRE_Gdpct.xlsx": xlsx(csmar_gdp())}
    found = extract(tmp_path / "csmar-2024", files, registry, series="csmar", years=(2016, 2017))
    values = contract_values(found)
    assert len(values) == len(CODES) * 2 * 8
    assert values["220200", 2016, "whole_city", "gdp_mcny"] == pytest.approx(
        gdp("220200")[0] / 100 + 16 * 100
    )
    assert values["220200", 2017, "whole_city", "secondary_va_mcny"] == pytest.approx(
        round(gdp("220200")[0] * shares("220200")[1] / 100) / 100
    )


def test_several_years_in_one_file_by_year_columns(tmp_path, registry):
    page = Page(
        [
            ["2-9  地区生产总值(市辖区)", "", "", "", "", ""],
            ["城市", "City", "地区生产总值(万元)", "", "人均地区生产总值(元)", ""],
            ["", "", 2016, 2017, "2016年", "2017年"],
            *rows(lambda c: [gdp(c)[1] - 7, gdp(c)[1], per_head(c)[1] - 7, per_head(c)[1]]),
        ]
    )
    values = read(tmp_path, registry, page, years=(2016, 2017))
    now = {key: value for key, value in values.items() if key[1] == 2017}
    assert now == only(gdp_both(), "districts")
    assert values["130100", 2016, "districts", "gdp_mcny"] == (gdp("130100")[1] - 7) / 100


def test_csmar_csv_with_a_byte_order_mark_in_gb18030_and_utf_16(tmp_path, registry):
    page = csmar_gdp()
    expected = None
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        files = {"gdp.csv": text(page, encoding)}
        folder = tmp_path / encoding / "csmar-2024"
        found = extract(folder, files, registry, series="csmar", years=(2016, 2017))
        values = contract_values(found)
        assert len(values) == len(CODES) * 2 * 8
        assert expected in (None, values)
        expected = values


def test_one_indicator_a_column_with_scope_and_unit_in_its_name(tmp_path, registry):
    page = Page(
        [
            ["城市", "年份", "人均地区生产总值_元_全市", "工业企业数个全市", "城市代码"],
            *[[zh.strip(), 2012, per_head(code)[0], 0, code] for zh, _, code in CITIES],
        ]
    )
    page.rows[1][3] = 777
    header = ["年末部人口万人_全市", "城市建设用地面积_市辖区", "第一产业从业人员比重全市",
              "第二产业从业人员比重全市", "第三产业从业人员比重 全市"]  # fmt: skip
    for index, row in enumerate(page.rows):
        row += header if index == 0 else [350, 60, 2, 40, 58]
    found = extract(tmp_path / "compiled-2013", {"a.csv": text(page)}, registry,
                    series="compiled_indicators", edition=2013, years=(2012, 2012))  # fmt: skip
    values = contract_values(found)
    assert values["110000", 2012, "whole_city", "industrial_enterprises_n"] == 777
    assert sum(key[3] == "industrial_enterprises_n" for key in values) == 1  # a zero is missing
    assert values["110000", 2012, "districts", "construction_land_km2"] == 60


def test_every_observation_carries_its_cell_text_header_and_unit(tmp_path, registry):
    page = pair_gdp()
    found = extract(tmp_path / "ccsy-2018", {"gdp.xlsx": xlsx(page)}, registry).observations
    row, column = page.find("唐山")[0], 3
    one = found[(found["row_label"] == "唐山市") & (found["cell"] == f"D{row + 1}")].iloc[0]
    assert one["text"] == str(page.rows[row][column]).removesuffix(".0")
    assert one["unit"] == "亿元"
    assert one["scope"] == "districts"
    assert one["header"].startswith("地区生产总值（当年价格） （亿元） / ")
    assert one["header"].endswith("市辖区      Districts under City")
    assert (one["release"], one["file"], one["sheet"]) == ("ccsy-2018", "gdp.xlsx", "Sheet1")


def test_a_name_means_what_it_meant_in_its_year(tmp_path, registry):
    page = csmar_gdp((2009, 2012))
    for row in page.rows[3:]:
        if row[1] == "襄阳市" and row[0] == "2009":
            row[1] = "襄樊市"
    found = extract(tmp_path / "csmar-2024", {"g.xlsx": xlsx(page)}, registry, series="csmar",
                    years=(2009, 2012))  # fmt: skip
    assert ("420600", 2009, "whole_city", "gdp_mcny") in contract_values(found)
    for row in page.rows[3:]:
        if row[1] == "襄阳市":
            row[1] = "襄樊市"
    with pytest.raises(SourceError, match="name of 2012; it is known as 420600 until 2010"):
        extract(tmp_path / "b" / "csmar-2024", {"g.xlsx": xlsx(page)}, registry, series="csmar",
                years=(2009, 2012))  # fmt: skip


def test_a_bare_name_shared_by_province_and_city_needs_its_surroundings(tmp_path, registry):
    page = cnki_gdp()
    for row in page.rows[3:]:
        row[0] = row[0].removesuffix("省").removesuffix("市")
    assert read(tmp_path / "a", registry, page) == only(gdp_both(), "districts")
    page.rows = page.rows[:3] + [row for row in page.rows[3:] if row[2]]
    with pytest.raises(SourceError, match="tells the city from the province"):
        read(tmp_path / "b", registry, page)


def test_a_city_under_the_wrong_province_is_an_error(tmp_path, registry):
    page = cnki_gdp()
    tangshan, suzhou = page.find("唐山")[0], page.find("苏州")[0]
    page.rows[tangshan][0], page.rows[suzhou][0] = page.rows[suzhou][0], page.rows[tangshan][0]
    with pytest.raises(SourceError, match=r"苏州市.*expected a city of province 130000"):
        read(tmp_path, registry, page)


def test_plain_xls_reads_as_xlsx(tmp_path, registry):
    assert read(tmp_path, registry, pair_gdp(), writer=xls) == gdp_both()


def test_a_row_lost_in_one_table_is_a_finding(tmp_path, registry):
    pages = [pair_gdp(), pair_population(), unit_row_shares()]
    lost = pages[1].find("徐州")[0]
    del pages[1].rows[lost]
    files = {f"{i}.xlsx": xlsx(page) for i, page in enumerate(pages)}
    found = extract(tmp_path / "ccsy-2018", files, registry).findings
    assert list(found["file"]) == ["1.xlsx"]
    assert found["found"].iloc[0] == "no row of 徐州市 in '2-1 人口数'"


def test_districts_above_the_whole_city_and_values_out_of_range_are_findings(tmp_path, registry):
    page = pair_gdp()
    row = page.find("徐州")[0]
    page.rows[row][3] = page.rows[row][2] + 9
    page.rows[row][4] = 12
    found = extract(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(page)}, registry).findings
    assert set(found["cell"]) == {f"D{row + 1}", f"E{row + 1}"}
    assert set(found["severity"]) == {"warning"}


def test_the_registry_lists_the_cities_of_a_year(registry):
    from oib_pipeline.extract.release import cities_of

    assert "341400" in cities_of(registry, 2010) and "341400" not in cities_of(registry, 2012)
    assert "520500" not in cities_of(registry, 2010) and "520500" in cities_of(registry, 2012)
