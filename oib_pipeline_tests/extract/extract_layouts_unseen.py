"""Pages of editions nobody here holds: 1986 to 2023, other yearbooks, exports of data banks."""

from __future__ import annotations

from extract_builders import Page, encrypted_xls, text, xls, xlsx
from extract_layouts import G0, G1, H0, H1, P0, P1, D, W, layout, of, pg
from extract_pages import CITIES, PLACES, rows, shares, whole


def n(code: str) -> int:
    return int(code[:4])


def jobs(place: int):
    """Persons employed in a sector, 10,000."""
    return lambda c: round((n(c) % 89 + 30) * (0.1, 1.2, 1.5)[place], 2)


def sector(place: int):
    """Value added of a sector, 10,000 yuan."""
    return lambda c: round(G0(c) * shares(c)[place] / 100)


def by_sector(name: str, scope: str, year: int, value, k: float = 1.0) -> dict:
    found = {}
    for place, part in enumerate(("primary", "secondary", "tertiary")):
        found |= of(f"{part}_{name}", scope, value(place), year, k)
    return found


def plain(body: list[list]) -> list[list]:
    """Names as they are without 省 and 市, spread by spaces where they have two characters."""
    names = [r[0].strip().removesuffix("省").removesuffix("市") for r in body]
    names = [f"{name[0]}　{name[1]}" if len(name) == 2 else name for name in names]
    return [[name, *r[1:]] for name, r in zip(names, body, strict=True)]


@layout
def edition_of_1986_people_and_counties():
    body = [row for row in rows(lambda c: [P0(c), P1(c), P0(c) / 5, P1(c) / 2], english=False)
            if row[1] != ""]  # fmt: skip
    body.insert(6, ["辛集市", "", 55.1, "", 9.2])
    page = pg(
        ["一、人口"],
        ["1—1　1985年年末总人口"],
        ["", "", "", "", "单位：万人"],
        ["城市名称", "年末总人口", "", "其中：非农业人口", ""],
        ["", "全　市", "市　区", "全　市", "市　区"],
        *body,
    )
    expected = {
        **of("population_registered_k", W, P0, 1985, 10),
        **of("population_registered_k", D, P1, 1985, 10),
    }
    return {"a.xls": xls(page)}, expected, {"edition": 1986, "years": (1985, 1985)}


@layout
def edition_of_1996_domestic_product():
    page = pg(
        ["2-10 国内生产总值"],
        ["城市名称", "国内生产总值(万元)", "", "第一产业", "", "第二产业", "", "第三产业", "",
         "人均国内生产总值(元)", ""],
        ["", *["地区", "市区"] * 5],
        *rows(lambda c: [G0(c) / 20, G1(c) / 20,
                         *(sector(i)(c) / of_it for i in range(3) for of_it in (20, 40)),
                         H0(c) / 5, H1(c) / 5], english=False),
    )  # fmt: skip
    expected = {
        **of("gdp_mcny", W, lambda c: G0(c) / 20, 1995, 0.01),
        **of("gdp_mcny", D, lambda c: G1(c) / 20, 1995, 0.01),
        **by_sector("va_mcny", W, 1995, lambda i: lambda c: sector(i)(c) / 20, 0.01),
        **by_sector("va_mcny", D, 1995, lambda i: lambda c: sector(i)(c) / 40, 0.01),
        **of("gdp_per_capita_cny", W, lambda c: H0(c) / 5, 1995),
        **of("gdp_per_capita_cny", D, lambda c: H1(c) / 5, 1995),
    }
    return {"a.xls": xls(page)}, expected, {"edition": 1996, "years": (1995, 1995)}


@layout
def edition_of_2003_employed_and_their_composition():
    parts = ["第一产业 Primary Industry", "第二产业 Secondary Industry",
             "第三产业 Tertiary Industry"]  # fmt: skip
    page = pg(
        ["2-4 从业人员及构成(全市)"],
        ["城 市 City", "年末单位从业人员数(万人)", "", "", "", "单位从业人员构成(%)", "", ""],
        ["", "合计 Total", *parts, *parts],
        *rows(lambda c: [sum(jobs(i)(c) for i in range(3)), *(jobs(i)(c) for i in range(3)),
                         *shares(c)], english=False),
    )  # fmt: skip
    expected = {
        **of("employment_k", W, lambda c: sum(jobs(i)(c) for i in range(3)), 2002, 10),
        **by_sector("employment_k", W, 2002, jobs, 10),
        **by_sector("employment_pct", W, 2002, lambda i: lambda c: shares(c)[i]),
    }
    return {"a.xls": xls(page)}, expected, {"edition": 2003, "years": (2002, 2002)}


@layout
def edition_of_2008_comprehensive_economy():
    first = pg(
        ["2-10  综合经济(一)"],
        ["General Economy (1)"],
        ["城市", "City", "地区生产总值(当年价格)(万元)\nGross Regional Product (10 000 yuan)", "",
         "人均地区生产总值(元)\nPer Capita GRP (yuan)", "", "地区生产总值增长率(%)", ""],
        ["", "", *["全市\nTotal City", "市辖区\nDistricts under City"] * 3],
        *rows(lambda c: [G0(c), G1(c), H0(c), H1(c), "13.2", "12.1"]),
        sheet="2-10",
    )  # fmt: skip
    second = pg(
        ["2-11  综合经济(二)"],
        ["General Economy (2)"],
        ["", "", "", "", "", "单位：%"],
        ["城市", "City", *(f"第{x}产业占GDP的比重" + sep for x in "一二三" for sep in ("", ""))],
        ["", "", *["全市", "市辖区"] * 3],
        *rows(lambda c: [v for s in shares(c) for v in (s, s)]),
        sheet="2-11",
    )
    for column in (3, 5, 7):
        second.rows[3][column] = ""
    expected = {
        **of("gdp_mcny", W, G0, 2007, 0.01),
        **of("gdp_mcny", D, G1, 2007, 0.01),
        **of("gdp_per_capita_cny", W, H0, 2007),
        **of("gdp_per_capita_cny", D, H1, 2007),
        **by_sector("share_pct", W, 2007, lambda i: lambda c: shares(c)[i]),
        **by_sector("share_pct", D, 2007, lambda i: lambda c: shares(c)[i]),
    }
    return {"a.xls": xls(first, second)}, expected, {"edition": 2008, "years": (2007, 2007)}


@layout
def edition_of_2014_employed_by_industry_of_the_districts():
    page = pg(
        ["2-5　按产业划分的城镇单位从业人员(市辖区)"],
        ["Persons Employed in Urban Units by Industry (Districts under City)"],
        ["", "", "", "", "", "单位：人 (person)"],
        ["城 市", "City", "第一产业\nPrimary Industry", "第二产业\nSecondary Industry",
         "第三产业\nTertiary Industry", "采矿业\nMining"],
        *rows(lambda c: [*(f"{jobs(i)(c) * 10000:.0f}" for i in range(3)), "5"]),
    )  # fmt: skip
    expected = by_sector("employment_k", D, 2013, jobs, 10)
    return {"a.xls": encrypted_xls(page)}, expected, {"edition": 2014, "years": (2013, 2013)}


@layout
def edition_of_2019_firms_by_owner():
    page = pg(
        ["2-16  规模以上工业企业数"],
        ["Number of Industrial Enterprises above Designated Size"],
        ["", "", "", "", "", "", "", "单位：个 (unit)"],
        ["城    市", "City", "工业企业数\r\nNumber of Industrial Enterprises", "",
         "内资企业\r\nDomestic Funded", "", "港、澳、台商投资企业\r\nHong Kong, Macao", ""],
        ["", "", *["全 市\r\nTotal City", "市辖区\r\nDistricts\r\nunder City"] * 3],
        *rows(lambda c: [str(n(c) % 900 + 300), str(n(c) % 300 + 90), "10", "9", "3", "2"]),
    )  # fmt: skip
    expected = {
        **of("industrial_enterprises_n", W, lambda c: n(c) % 900 + 300, 2018),
        **of("industrial_enterprises_n", D, lambda c: n(c) % 300 + 90, 2018),
    }
    return {"a.xls": encrypted_xls(page)}, expected, {"edition": 2019, "years": (2018, 2018)}


@layout
def edition_of_2022_title_and_english_in_one_cell():
    page = pg(
        ["2-7  地区生产总值\nGross Regional Product"],
        ["城  市\nCity", "", "地区生产总值（当年价格）（亿元）\nGross Regional Product", "",
         "人均地区生产总值（元）", "", "地区生产总值增长率（％）", ""],
        ["", "", *["全市\nTotal City", "市辖区\nDistricts under City"] * 3],
        *rows(lambda c: [whole(G0(c) / 1e4), whole(G1(c) / 1e4), whole(H0(c)), whole(H1(c)),
                         "8.1", "7.9"]),
        merges=["A2:B3", "C2:D2", "E2:F2", "G2:H2"],
    )  # fmt: skip
    expected = {
        **of("gdp_mcny", W, lambda c: float(whole(G0(c) / 1e4)), 2021, 100),
        **of("gdp_mcny", D, lambda c: float(whole(G1(c) / 1e4)), 2021, 100),
        **of("gdp_per_capita_cny", W, H0, 2021),
        **of("gdp_per_capita_cny", D, H1, 2021),
    }
    return {"a.xlsx": xlsx(page)}, expected, {"edition": 2022, "years": (2021, 2021)}


@layout
def edition_of_2023_registered_again():
    page = pg(
        [""],
        ["2-1 人口数"],
        ["Population"],
        [""],
        ["城市", "City", "年末户籍人口（万人）Household Registered Population at Year-end", "",
         "年平均人口（万人）Annual Average Population", "", "城镇化率（％）"],
        ["", "", *["全市", "市辖区"] * 2, "全市"],
        *rows(lambda c: [P0(c), P1(c), P0(c) - 1, P1(c) - 1, 61.2]),
        merges=["A5:A6", "B5:B6", "C5:D5", "E5:F5"],
    )  # fmt: skip
    expected = {
        **of("population_registered_k", W, P0, 2022, 10),
        **of("population_registered_k", D, P1, 2022, 10),
        **of("population_average_k", W, lambda c: P0(c) - 1, 2022, 10),
        **of("population_average_k", D, lambda c: P1(c) - 1, 2022, 10),
    }
    return {"a.xlsx": xlsx(page)}, expected, {"edition": 2023, "years": (2022, 2022)}


@layout
def running_titles_among_the_cities():
    body = rows(lambda c: [G1(c), H1(c)])
    for at, line in ((20, "第119页"), (14, "· 118 ·"), (13, "中国城市统计年鉴—2018"), (8, "117"),
                     (8, "2-9 续表"), (4, "- 116 -")):  # fmt: skip
        body.insert(at, [line, "", "", ""])
    page = pg(
        ["2-9 地区生产总值(市辖区)"],
        ["城市", "City", "地区生产总值(万元)", "人均地区生产总值(元)"],
        *body,
    )
    expected = {**of("gdp_mcny", D, G1, k=0.01), **of("gdp_per_capita_cny", D, H1)}
    return {"a.xlsx": xlsx(page)}, expected


@layout
def contents_first_and_a_table_a_sheet():
    contents = pg(["目  录"], ["2-1 人口数"], ["2-7 地区生产总值"], sheet="目录")
    first = pg(
        ["2-1 人口数"],
        ["城市", "City", "常住人口(万人)", ""],
        ["", "", "全市", "市辖区"],
        *rows(lambda c: [P0(c), P1(c)]),
        sheet="2-1",
    )
    second = pg(
        ["2-7 地区生产总值"],
        ["城市", "City", "地区生产总值(亿元)", ""],
        ["", "", "全市", "市辖区"],
        *rows(lambda c: [G0(c) / 1e4, G1(c) / 1e4])[:14],
        sheet="2-7",
    )
    third = pg(
        ["2-7 续表1"],
        ["城市", "City", "地区生产总值(亿元)", ""],
        ["", "", "全市", "市辖区"],
        *rows(lambda c: [G0(c) / 1e4, G1(c) / 1e4])[14:],
        sheet="2-7 续1",
    )
    expected = {
        **of("population_resident_k", W, P0, k=10),
        **of("population_resident_k", D, P1, k=10),
        **of("gdp_mcny", W, G0, k=0.01),
        **of("gdp_mcny", D, G1, k=0.01),
    }
    return {"年鉴.xlsx": xlsx(contents, first, second, third)}, expected


@layout
def ranks_and_remarks_beside():
    page = pg(
        ["2-9 地区生产总值(市辖区)"],
        ["城市", "City", "地区生产总值(万元)", "位次", "人均地区生产总值(元)", "位次", "备注"],
        *rows(lambda c: [G1(c), 3, H1(c), 4, ""]),
    )
    page.rows[4][6] = "含开发区"
    expected = {**of("gdp_mcny", D, G1, k=0.01), **of("gdp_per_capita_cny", D, H1)}
    return {"a.xlsx": xlsx(page)}, expected


@layout
def urban_construction_yearbook():
    body = rows(lambda c: [n(c) + 900, P1(c), n(c) % 80 + 120, n(c) % 97 + 50, 21.5, 11.2])
    body.insert(5, ["  辛集市", "  Xinji", 951, 62.2, 31, 30, 9.9, 4.4])
    body.insert(2, ["全  国", "National Total", 99999, 9999, 9999, 9999, 999, 999])
    page = pg(
        ["2-2 按城市分列的城市人口和建设用地(2017)"],
        ["2-2 Urban Population and Construction Land by City (2017)"],
        ["", "", "", "", "", "", "", "面积计量单位：平方公里"],
        ["城市名称", "Name of Cities", "市区面积\nUrban District Area", "市区人口(万人)",
         "建成区面积\nArea of Built District", "城市建设用地面积\nArea of Urban Construction Land",
         "", ""],
        ["", "", "", "", "", "小计\nSubtotal", "居住用地\nResidential", "公共管理与公共服务用地"],
        *body,
    )  # fmt: skip
    expected = {
        **of("area_km2", D, lambda c: n(c) + 900),
        **of("construction_land_km2", D, lambda c: n(c) % 97 + 50),
    }
    return {"a.xls": xls(page)}, expected


@layout
def provincial_yearbook():
    cities = [p for p in PLACES if p[2].startswith("32")]
    body = [[zh.strip(), G0(c) / 1e4, *(sector(i)(c) / 1e4 for i in range(3)), H0(c)]
            for zh, _, c in cities]  # fmt: skip
    page = pg(
        ["5-7  各市地区生产总值(2017年)"],
        ["", "", "", "", "", "单位：亿元"],
        ["市  别", "地区生产总值", "第一产业", "第二产业", "第三产业", "人均地区生产总值(元)"],
        ["全  省", 85870, 4045, 38655, 43170, 107189],
        ["苏  南", 50175, 885, 22830, 26460, 150200],
        *body,
        ["注：本表按当年价格计算。"],
    )

    def own(values: dict) -> dict:
        return {key: value for key, value in values.items() if key[0].startswith("32")}

    expected = own(
        {
            **of("gdp_mcny", W, G0, k=0.01),
            **by_sector("va_mcny", W, 2017, sector, 0.01),
            **of("gdp_per_capita_cny", W, H0),
        }
    )
    return {"a.xls": xls(page)}, expected


@layout
def provincial_yearbook_cities_across():
    cities = [p for p in PLACES if p[2].startswith("32")]
    page = pg(
        ["15-1  各市国民经济主要指标(2017年)"],
        ["指标", *(zh.strip() for zh, *_ in cities)],
        ["地区生产总值(亿元)", *(G0(c) / 1e4 for *_, c in cities)],
        ["人均地区生产总值(元)", *(H0(c) for *_, c in cities)],
        ["常住人口(万人)", *(P0(c) for *_, c in cities)],
    )
    return {"a.xlsx": xlsx(page)}, None


@layout
def export_of_eps_indicators_in_rows():
    body = [[name, zh.strip(), value(c), value(c) + 1] for zh, _, c in CITIES
            for name, value in (("地区生产总值(当年价格)_全市(万元)", G0),
                                ("年末户籍人口_全市(万人)", P0))]  # fmt: skip
    page = pg(["指标", "地区", "2016", "2017"], *body)
    return {"a.xlsx": xlsx(page)}, None, {"years": (2016, 2017)}


@layout
def export_of_cnrds():
    head = ["年份", "省份", "城市", "行政区划代码", "地区生产总值_全市_万元",
            "第二产业占GDP比重_全市_%", "年末总人口_全市_万人",
            "行政区域土地面积_市辖区_平方公里"]  # fmt: skip
    names = {code[:2]: zh for zh, _, code in PLACES if code.endswith("0000")}
    body = [[y, names.get(c[:2], ""), zh.strip(), c, G0(c) - y, shares(c)[1], P0(c), n(c)]
            for zh, _, c in CITIES for y in (2016, 2017)]  # fmt: skip
    expected = {}
    for y in (2016, 2017):
        expected |= of("gdp_mcny", W, lambda c, y=y: G0(c) - y, y, 0.01)
        expected |= of("secondary_share_pct", W, lambda c: shares(c)[1], y)
        expected |= of("population_registered_k", W, P0, y, 10)
        expected |= of("area_km2", D, n, y)
    return {"城市数据.csv": text(Page([head, *body]), "gb18030")}, expected, {"years": (2016, 2017)}


@layout
def english_alone_of_every_kind():
    people = pg(
        ["2-1 Population"],
        ["City", "Household Registered Population at Year-end (10 000 persons)", "",
         "Annual Average Population (10 000 persons)", ""],
        ["", *["Total City", "Districts under City"] * 2],
        *[r[1:] for r in rows(lambda c: [P0(c), P1(c), P0(c) - 1, P1(c) - 1])],
        sheet="2-1",
    )  # fmt: skip
    work = pg(
        ["2-4 Persons Employed in Urban Units by Industry (Total City)"],
        ["(10 000 persons)"],
        ["City", "Primary Industry", "Secondary Industry", "Tertiary Industry"],
        *[r[1:] for r in rows(lambda c: [jobs(i)(c) for i in range(3)])],
        sheet="2-4",
    )
    land = pg(
        ["2-9 Land Resources"],
        ["City", "Total Land Area of Administrative Region (sq.km)", "",
         "Area of Land Used for Urban Construction (sq.km)"],
        ["", "Total City", "Districts under City", "Districts under City"],
        *[r[1:] for r in rows(lambda c: [n(c) * 3, n(c), n(c) % 97 + 50])],
        sheet="2-9",
    )  # fmt: skip
    roads = pg(
        ["2-26 Municipal Public Utilities (Districts under City)"],
        ["City", "Area of City Paved Roads at Year-end (10 000 sq.m)",
         "Per Capita Area of Paved Roads in City (sq.m)"],
        *[r[1:] for r in rows(lambda c: [n(c) % 97 * 30 + 500, n(c) % 7 + 9.5])],
        sheet="2-26",
    )  # fmt: skip
    firms = pg(
        ["2-16 Number of Industrial Enterprises above Designated Size (Total City)"],
        ["(unit)"],
        ["City", "Number of Industrial Enterprises", "Domestic Funded Enterprises"],
        *[r[1:] for r in rows(lambda c: [n(c) % 900 + 300, 90])],
        sheet="2-16",
    )
    expected = {
        **of("population_registered_k", W, P0, k=10),
        **of("population_registered_k", D, P1, k=10),
        **of("population_average_k", W, lambda c: P0(c) - 1, k=10),
        **of("population_average_k", D, lambda c: P1(c) - 1, k=10),
        **by_sector("employment_k", W, 2017, jobs, 10),
        **of("area_km2", W, lambda c: n(c) * 3),
        **of("area_km2", D, n),
        **of("construction_land_km2", D, lambda c: n(c) % 97 + 50),
        **of("road_area_km2", D, lambda c: n(c) % 97 * 30 + 500, k=0.01),
        **of("road_area_per_capita_m2", D, lambda c: n(c) % 7 + 9.5),
        **of("industrial_enterprises_n", W, lambda c: n(c) % 900 + 300),
    }
    return {"a.xlsx": xlsx(people, work, land, roads, firms)}, expected


@layout
def land_granted_in_hectares_by_way():
    page = pg(
        ["3-12 国有建设用地供应出让情况"],
        ["", "", "", "", "单位：公顷"],
        ["城市", "宗地数(宗)", "出让面积", "招拍挂出让", ""],
        ["", "", "", "宗地数(宗)", "面积"],
        *rows(lambda c: [400, n(c) % 97 + 300, 350, n(c) % 97 + 250], english=False),
    )
    expected = {
        **of("land_granted_ha", W, lambda c: n(c) % 97 + 300),
        **of("land_granted_market_ha", W, lambda c: n(c) % 97 + 250),
    }
    return {"a.xls": xls(page)}, expected


@layout
def edition_of_1991_little_road_and_land():
    page = pg(
        ["2-20 城市市政公用事业(市区)"],
        ["城市名称", "年末实有城市道路面积(万平方米)", "人均城市道路面积(平方米)"],
        *rows(lambda c: [n(c) % 97 * 2 + 60, n(c) % 3 + 1.5], english=False),
    )
    expected = {
        **of("road_area_km2", D, lambda c: n(c) % 97 * 2 + 60, 1990, 0.01),
        **of("road_area_per_capita_m2", D, lambda c: n(c) % 3 + 1.5, 1990),
    }
    return {"a.xls": xls(page)}, expected, {"edition": 1991, "years": (1990, 1990)}
