"""Pages as the editions of the 2010s print them: heads of three levels, units top right, notes."""

from __future__ import annotations

from extract_builders import encrypted_xls, xls, xlsx
from extract_layouts import G0, G1, H0, P0, P1, D, W, layout, of, pg
from extract_pages import rows, shares, whole

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
EDITION = {"edition": 2013, "years": (2012, 2012)}


def n(code: str) -> int:
    return int(code[:4])


@layout
def population_with_the_unit_in_two_tongues_top_right():
    page = pg(
        ["2—1 人口状况"],
        ["2-1 Population"],
        ["", "", "", "", "", "单位：万人 (10 000 persons)"],
        ["城 市", "City", "年末总人口\nTotal Population at Year-end", "",
         "年平均人口\nAnnual Average Population", ""],
        ["", "", *["全市\nTotal City", "市辖区\nDistricts under City"] * 2],
        *rows(lambda c: [P0(c), P1(c), P0(c) - 1, P1(c) - 1]),
        ["注：本表数据来源于公安部门。"],
        merges=["A4:A5", "B4:B5", "C4:D4", "E4:F4"],
    )  # fmt: skip
    expected = {
        **of("population_registered_k", W, P0, 2012, 10),
        **of("population_registered_k", D, P1, 2012, 10),
        **of("population_average_k", W, lambda c: P0(c) - 1, 2012, 10),
        **of("population_average_k", D, lambda c: P1(c) - 1, 2012, 10),
    }
    return {"a.xlsx": xlsx(page)}, expected, EDITION


@layout
def full_width_digits_and_spaces_for_thousands():
    page = pg(
        ["2－9　地区生产总值（２０１２年）"],
        ["", "", "", "", "（万元）"],
        ["城　　市", "City", "地区生产总值（当年价格）\nGross Regional Product", "",
         "人均地区生产总值（元）\nPer Capita GRP(yuan)"],
        ["", "", "全 市", "市 辖 区", "全 市"],
        *rows(lambda c: [whole(G0(c)).translate(FULL_WIDTH), f"{G1(c):,.0f}".replace(",", " "),
                         whole(H0(c))]),
    )  # fmt: skip
    expected = {
        **of("gdp_mcny", W, G0, 2012, 0.01),
        **of("gdp_mcny", D, G1, 2012, 0.01),
        **of("gdp_per_capita_cny", W, H0, 2012),
    }
    return {"a.xlsx": xlsx(page)}, expected, EDITION


@layout
def blank_rows_province_totals_and_a_page_number():
    body = [
        line
        for row in rows(lambda c: [whole(G1(c)), "12.3"])
        for line in ([*row[:2], *(row[2:] if row[2] else ["99999999", "11.1"])], [""])
    ]
    page = pg(
        ["2-9 地区生产总值(市辖区)"],
        ["Gross Regional Product (Districts under City)"],
        ["", "", "", "单位：万元 (10 000 yuan)"],
        ["城市", "City", "地区生产总值", "地区生产总值增长率(%)"],
        *body,
        ["中国城市统计年鉴—2013"],
        ["118"],
    )
    return {"a.xlsx": xlsx(page)}, of("gdp_mcny", D, G1, 2012, 0.01), EDITION


@layout
def persons_in_two_blocks_side_by_side():
    body = rows(lambda c: [n(c) * 40 + k for k in (1, 20, 30)], english=False)
    half = (len(body) + 1) // 2
    right = body[half:] + [[""] * 4] * (2 * half - len(body))
    heads = [f"第{zh}产业\n{en}\nIndustry" for zh, en in
             (("一", "Primary"), ("二", "Secondary"), ("三", "Tertiary"))]  # fmt: skip
    page = pg(
        ["2-5 按三次产业分的从业人员(市辖区)"],
        ["单位:人 (person)"],
        ["城市", *heads] * 2,
        *[a + b for a, b in zip(body[:half], right, strict=True)],
    )
    expected = {}
    for name, k in (("primary", 1), ("secondary", 20), ("tertiary", 30)):
        expected |= of(f"{name}_employment_k", D, lambda c, k=k: n(c) * 40 + k, 2012, 0.001)
    return {"a.xls": xls(page)}, expected, EDITION


@layout
def shares_below_one_head_and_both_names_below_another():
    page = pg(
        ["2-10 地区生产总值构成 Composition of Gross Regional Product"],
        ["单位:% (%)"],
        ["城市 City", "", "地区生产总值=100 (GRP=100)"],
        ["", "", "第一产业 Primary", "", "第二产业 Secondary", "", "第三产业 Tertiary", ""],
        ["", "", *["全市", "市辖区"] * 3],
        *rows(lambda c: [v for s in shares(c) for v in (s, s)]),
        merges=["A3:B5", "C3:H3", "C4:D4", "E4:F4", "G4:H4"],
    )
    expected = {}
    for place, name in enumerate(("primary", "secondary", "tertiary")):
        for scope in (W, D):
            expected |= of(f"{name}_share_pct", scope, lambda c, p=place: shares(c)[p], 2012)
    return {"a.xlsx": xlsx(page)}, expected, EDITION


@layout
def land_with_a_share_nobody_wants():
    page = pg(
        ["2-3 土地资源 Land Resources"],
        ["", "", "", "", "单位：平方公里(sq.km)"],
        ["城市", "City", "行政区域土地面积\nTotal Land Area of\nAdministrative Region", "",
         "城市建设用地面积\nArea of Land Used for\nUrban Construction",
         "市区建设用地占市区面积比重(%)"],
        ["", "", "全市", "#市辖区", "市辖区", "市辖区"],
        *rows(lambda c: [n(c) * 3, n(c), n(c) % 97 + 50, "5.20"]),
    )  # fmt: skip
    expected = {
        **of("area_km2", W, lambda c: n(c) * 3, 2012),
        **of("area_km2", D, n, 2012),
        **of("construction_land_km2", D, lambda c: n(c) % 97 + 50, 2012),
    }
    return {"a.xlsx": xlsx(page)}, expected, EDITION


@layout
def enterprises_in_all_and_by_owner():
    page = pg(
        ["2-14  规模以上工业企业数 (全市)"],
        ["Number of Industrial Enterprises above Designated Size (Total City)"],
        ["", "", "", "", "(个)(unit)"],
        ["城市", "City", "工业企业数"],
        ["", "", "合计\nTotal", "内资企业\nDomestic Funded", "外商投资企业\nForeign Funded"],
        *rows(lambda c: [n(c) % 900 + 300, n(c) % 900 + 100, 200]),
    )
    expected = of("industrial_enterprises_n", W, lambda c: n(c) % 900 + 300, 2012)
    return {"a.xlsx": xlsx(page)}, expected, EDITION


@layout
def roads_in_area_and_per_head():
    page = pg(
        ["2-27 城市市政公用事业(市辖区)"],
        ["城市", "City",
         "年末实有城市道路面积(万平方米)\nArea of City Paved Roads at Year-end (10 000 sq.m)",
         "人均城市道路面积(平方米)\nPer Capita Area of Paved Roads (sq.m)",
         "排水管道长度(公里)\nLength of Drainage (km)"],
        *rows(lambda c: [n(c) % 97 * 30 + 500, f"{n(c) % 7 + 9}.52", "800"]),
    )  # fmt: skip
    expected = {
        **of("road_area_km2", D, lambda c: n(c) % 97 * 30 + 500, 2012, 0.01),
        **of("road_area_per_capita_m2", D, lambda c: n(c) % 7 + 9.52, 2012),
    }
    return {"a.xlsx": xlsx(page)}, expected, EDITION


@layout
def sectors_marked_as_parts_of_the_whole():
    def part(place: int):
        return lambda c: round(G0(c) * shares(c)[place] / 100)

    page = pg(
        ["2-9 续表 地区生产总值 (全市)"],
        ["", "", "", "", "", "计量单位：万元"],
        ["城 市", "City", "地区生产总值\nGRP"],
        ["", "", "", "#第一产业\nPrimary", "#第二产业\nSecondary", "#第三产业\nTertiary"],
        *rows(lambda c: [G0(c), *(part(place)(c) for place in range(3))]),
    )
    expected = of("gdp_mcny", W, G0, 2012, 0.01)
    for place, name in enumerate(("primary", "secondary", "tertiary")):
        expected |= of(f"{name}_va_mcny", W, part(place), 2012, 0.01)
    return {"a.xlsx": xlsx(page)}, expected, EDITION


@layout
def encrypted_with_private_employment_beside():
    page = pg(
        ["2-6 城镇单位从业人员状况"],
        ["", "", "", "（万人）"],
        ["城 市", "City",
         "年末单位从业人员数\nPersons Employed in Various Units at Year-end", "",
         "城镇私营和个体从业人员\nPrivate"],
        ["", "", "全市\nTotal City\n", "市辖区\nDistricts", "全市\nTotal City\n"],
        *rows(lambda c: [f"{P0(c) / 4:.2f}", f"{P1(c) / 4:.2f}", "33.3"]),
    )  # fmt: skip
    expected = {
        **of("employment_k", W, lambda c: P0(c) / 4, 2012, 10),
        **of("employment_k", D, lambda c: P1(c) / 4, 2012, 10),
    }
    return {"a.xls": encrypted_xls(page)}, expected, EDITION
