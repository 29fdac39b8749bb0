"""The pages the tests start from: a small yearbook of twenty cities, every value distinct."""

from __future__ import annotations

from extract_builders import Page

PLACES = [
    ("北京市", "Beijing", "110000"),
    ("天津市", "Tianjin", "120000"),
    ("河北省", "Hebei", ""),
    ("  石家庄市", "  Shijiazhuang", "130100"),
    ("  唐山市", "  Tangshan", "130200"),
    ("  邯郸市", "  Handan", "130400"),
    ("  张家口市", "  Zhangjiakou", "130700"),
    ("山西省", "Shanxi", ""),
    ("  太原市", "  Taiyuan", "140100"),
    ("  大同市", "  Datong", "140200"),
    ("辽宁省", "Liaoning", ""),
    ("  沈阳市", "  Shenyang", "210100"),
    ("  鞍山市", "  Anshan", "210300"),
    ("  抚顺市", "  Fushun", "210400"),
    ("吉林省", "Jilin", ""),
    ("  长春市", "  Changchun", "220100"),
    ("  吉林市", "  Jilin", "220200"),
    ("  四平市", "  Siping", "220300"),
    ("江苏省", "Jiangsu", ""),
    ("  无锡市", "  Wuxi", "320200"),
    ("  徐州市", "  Xuzhou", "320300"),
    ("  苏州市", "  Suzhou", "320500"),
    ("湖北省", "Hubei", ""),
    ("  黄石市", "  Huangshi", "420200"),
    ("  襄阳市", "  Xiangyang", "420600"),
    ("  荆州市", "  Jingzhou", "421000"),
]
CITIES = [(zh, en, code) for zh, en, code in PLACES if code]


def gdp(code: str) -> tuple[float, float]:
    """Whole-city and districts GDP in 10,000 yuan."""
    n = int(code[:4])
    return 10_000_000 + n * 7_000, 6_000_000 + n * 3_000


def per_head(code: str) -> tuple[float, float]:
    n = int(code[:4])
    return 40_000 + n, 50_000 + n


def shares(code: str) -> tuple[float, float, float]:
    n = int(code[:4]) % 97
    return round(3 + n / 50, 2), round(40 + n / 25, 2), round(57 - 3 * n / 50, 2)


def people(code: str) -> tuple[float, float]:
    n = int(code[:4])
    return 300 + n % 89, 100 + n % 53


def rows(values, english: bool = True) -> list[list]:
    """Rows of provinces (blank) and cities, ``values(code)`` in the columns after the names."""
    width = len(values("110000"))
    return [
        [zh, *([en] if english else []), *(list(values(code)) if code else [""] * width)]
        for zh, en, code in PLACES
    ]


def whole(value: float) -> str:
    return f"{value:.0f}"


def cnki_gdp() -> Page:
    """2018: scope in the title, unit in the header, values as text, one header row."""
    return Page(
        [
            ["2-9  地区生产总值(市辖区)", "", "", "", ""],
            ["Gross Regional Product (Districts under City)", "", "", "", ""],
            [
                "城    市",
                "City",
                "地区生产总值(当年价格)\r\n(万元)\r\nGross Regional Product\r\n(10 000 yuan)",
                "人均地区生产总值\r\n(元)\r\nPer Capita GRP\r\n(yuan)",
                "地区生产总值增长率\r\n(%)\r\nGRP Growth Rate\r\n(%)",
            ],
            *rows(lambda c: [whole(gdp(c)[1]), whole(per_head(c)[1]), "6.5"]),
        ],
        sheet="1-7",
    )


def pair_gdp() -> Page:
    """2021: title in two cells, three merged header rows, pairs of columns, numbers."""
    return Page(
        [
            [""] * 8,
            ["中国2017年地级以上城市数据", "", "2-7 地区生产总值", "", "", "", "", ""],
            [""] * 8,
            ["城 市", "City", "地区生产总值（当年价格） （亿元）", "", "人均地区生产总值 (元)", "",
             "地区生产总值增长率 (%)", ""],
            ["", "", "Gross Regional Product （Current Prices） （100 000 000 yuan）", "",
             "Per Capita GRP (yuan)", "", "GRP Growth Rate (%)", ""],
            ["", "", *["全市      Total City", "市辖区      Districts under City"] * 3],
            *rows(lambda c: [gdp(c)[0] / 1e4, gdp(c)[1] / 1e4, *per_head(c), 6.5, 6.1]),
        ],
        merges=["A2:B3", "C2:H3", "A4:A6", "B4:B6", "C4:D4", "E4:F4", "G4:H4", "C5:D5", "E5:F5",
                "G5:H5"],
    )  # fmt: skip


def pair_population() -> Page:
    """2018: two header rows whose merges are lost, the scope in the second."""
    both = ["全 市\r\nTotal City", "市辖区\r\nDistricts\r\nunder City"]
    return Page(
        [
            ["2-1  人口数", "", "", ""],
            ["Population", "", "", ""],
            ["城    市", "City", "年末户籍人口(万人)\r\nRegistered\r\n(10 000 persons)", ""],
            ["", "", *both],
            *rows(lambda c: [whole(v) for v in people(c)]),
        ]
    )  # fmt: skip


def unit_row_shares() -> Page:
    """2024: every other row above the header blank, the unit in a row of its own."""
    names = ["第一产业占 地区生产总值的比重 Primary Industry as Percentage to GRP",
             "第二产业占 地区生产总值的比重 Secondary Industry as Percentage to GRP",
             "第三产业占 地区生产总值的比重 Tertiary Industry as Percentage to GRP"]  # fmt: skip
    return Page(
        [
            [""] * 8,
            ["2-7地区生产总值构成", *[""] * 7],
            [""] * 8,
            ["Composition of Gross Regional Product", *[""] * 7],
            [""] * 8,
            ["单位：％", *[""] * 7],
            ["城 市", "City", *[cell for name in names for cell in (name, "")]],
            ["", "", *["全市 Total City", "市辖区 Districts under City"] * 3],
            *rows(lambda c: [f"{v:.2f}" for share in shares(c) for v in (share, share)]),
        ],
        merges=["C7:D7", "E7:F7", "G7:H7", "A7:A8", "B7:B8"],
    )


def csmar_gdp(years: tuple[int, ...] = (2016, 2017)) -> Page:
    """CSMAR: field code, Chinese label, unit; one row a city and year, its own codes."""
    return Page(
        [
            ["Sgnyea", "Ctnm", "Ctnm_id", "Prvcnm", "Gdpct01", "Gdpct02", "Gdpct03", "Gdpct04",
             "GDP_PerCapita", "GDPYoY", "GDP_PrimInd", "GDP_SecInd", "GDP_TerInd"],
            ["年度标识", "城市名称", "城市代码", "省份名称", "国内生产总值", "第一产业占GDP比重(%)",
             "第二产业占GDP比重(%)", "第三产业占GDP比重(%)", "人均地区生产总值", "地区生产总值同比",
             "第一产业生产总值", "第二产业生产总值", "第三产业生产总值"],
            ["没有单位"] * 4 + ["亿元"] + ["没有单位"] * 3 + ["元", "%", "万元", "万元", "万元"],
            *[
                [str(year), zh.strip(), code, province_of(code), gdp(code)[0] / 1e4 + year % 100,
                 *shares(code), per_head(code)[0], "",
                 *[round(gdp(code)[0] * s / 100) for s in shares(code)]]
                for year in years
                for zh, _, code in CITIES
            ],
        ],
        sheet="sheet1",
    )  # fmt: skip


def province_of(code: str) -> str:
    """Name of the province a code lies in."""
    above = ""
    for zh, _, own in PLACES:
        if not own:
            above = zh
        elif own == code:
            return zh if own.endswith("0000") else above
    raise KeyError(code)
