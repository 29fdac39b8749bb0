"""Pages as other editions print them, or may: the files of each and the values it holds.

A layout gives its files, the values to be read (None where something must be told first, or it is
refused), and what its manifest says besides. Many follow what is reported of editions nobody here
has seen.
"""

from __future__ import annotations

from collections.abc import Callable

from extract_builders import Page, encrypted_xls, xls, xlsx
from extract_pages import CITIES, PLACES, gdp, people, per_head, province_of, rows, shares

W, D = "whole_city", "districts"
HEAD = ["城市", "City", "地区生产总值(万元)", "人均地区生产总值(元)"]
LAYOUTS: dict[str, Callable[[], tuple]] = {}


def layout(build: Callable[[], tuple]) -> Callable[[], tuple]:
    LAYOUTS[build.__name__] = build
    return build


def G0(c: str) -> float:
    return gdp(c)[0]


def G1(c: str) -> float:
    return gdp(c)[1]


def H0(c: str) -> float:
    return per_head(c)[0]


def H1(c: str) -> float:
    return per_head(c)[1]


def P0(c: str) -> float:
    return people(c)[0]


def P1(c: str) -> float:
    return people(c)[1]


def of(variable: str, scope: str, value: Callable, year: int = 2017, k: float = 1.0) -> dict:
    """Values of every city; ``k`` takes the printed unit to the contract's."""
    return {(code, year, scope, variable): value(code) * k for _, _, code in CITIES}


def gdp_districts() -> dict:
    return {**of("gdp_mcny", D, G1, k=0.01), **of("gdp_per_capita_cny", D, H1)}


def gdp_both() -> dict:
    whole = {**of("gdp_mcny", W, G0, k=0.01), **of("gdp_per_capita_cny", W, H0)}
    return {**whole, **gdp_districts()}


def gdp_rows() -> list[list]:
    return rows(lambda c: [G1(c), H1(c)])


def pg(*lines: list, **more) -> Page:
    """A page of lines of any length."""
    width = max(map(len, lines))
    return Page([[*line, *[""] * (width - len(line))] for line in lines], **more)


@layout
def old_side_by_side():
    body = rows(lambda c: [G0(c), H0(c)], english=False)
    for r in body:
        r[0] = r[0].strip()
        r[0] = r[0].removesuffix("市") if len(r[0]) > 3 else r[0]
        r[0] = "　".join(r[0]) if len(r[0]) == 2 else r[0]
    h = (len(body) + 1) // 2
    a, b = body[:h], body[h:]
    b += [["", "", ""]] * (h - len(b))
    return {
        "2－9.xls": xls(
            pg(
                ["2－9　地区生产总值（全市）"],
                ["城　市", "地区生产总值", "人均地区", "城　市", "地区生产总值", "人均地区"],
                ["", "（当年价格）", "生产总值", "", "（当年价格）", "生产总值"],
                ["", "（万元）", "（元）", "", "（万元）", "（元）"],
                ["合　计", 9999, 99],
                *[x + y for x, y in zip(a, b, strict=True)],
                ["注：按当年价格计算。"],
                sheet="2－9",
            )
        )
    }, {**of("gdp_mcny", W, G0, k=0.01), **of("gdp_per_capita_cny", W, H0)}


@layout
def continuation_other_columns():
    b1 = rows(lambda c: [G1(c)])
    b2 = rows(lambda c: [H1(c)])
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["城市", "City", "地区生产总值(万元)"],
                *b1,
                [],
                [],
                ["2-9 续表"],
                ["城市", "City", "人均地区生产总值(元)"],
                *b2,
            )
        )
    }, {**of("gdp_mcny", D, G1, k=0.01), **of("gdp_per_capita_cny", D, H1)}


@layout
def population_old_header():
    return {
        "a.xls": encrypted_xls(
            pg(
                ["2-1  人口状况(全市)"],
                [
                    "城市",
                    "City",
                    "年末总人口(万人)\r\nTotal Population at Year-end (10 000 persons)",
                ],
                *rows(lambda c: [P0(c)]),
            ),
            Page([["x"]], sheet="CNKI", hidden=True),
        )
    }, of("population_registered_k", W, P0, k=10)


@layout
def title_english_same_cell_unit_row():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-6 地区生产总值 Gross Regional Product"],
                ["单位：万元 Unit: 10 000 yuan"],
                ["城市", "City", "地区生产总值", "", "人均地区生产总值(元)", ""],
                ["", "", "全市", "市辖区", "全市", "市辖区"],
                *rows(lambda c: [G0(c), G1(c), H0(c), H1(c)]),
            )
        )
    }, {
        **of("gdp_mcny", W, G0, k=0.01),
        **of("gdp_mcny", D, G1, k=0.01),
        **of("gdp_per_capita_cny", W, H0),
        **of("gdp_per_capita_cny", D, H1),
    }


@layout
def title_in_one_cell():
    b = rows(lambda c: [str(v) for v in (*[x for s in shares(c) for x in (s, s)],)])
    for r in b:
        r[0] = r[0].strip()
        r[1] = r[1].strip()
    n = ["第一产业占GDP的比重(％)", "第二产业占GDP的比重（％）", "第三产业占GDP的比重 (%)"]
    return {
        "a.xlsx": xlsx(
            pg(
                ["中国2017年地级以上城市数据 2-8 地区生产总值构成"],
                ["城 市", "City", n[0], "", n[1], "", n[2], ""],
                ["", "", *["全市", "市辖区"] * 3],
                *b,
            )
        )
    }, {
        k: v
        for i, s in enumerate(("primary", "secondary", "tertiary"))
        for sc in (W, D)
        for k, v in of(f"{s}_share_pct", sc, lambda c, i=i: shares(c)[i]).items()
    }


@layout
def year_in_brackets():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-7 地区生产总值（2017年）"],
                ["城市", "City", "地区生产总值(亿元)", "", "人均地区生产总值(元)", ""],
                ["", "", "全市", "市辖区", "全市", "市辖区"],
                *rows(lambda c: [G0(c) / 1e4, G1(c) / 1e4, H0(c), H1(c)]),
            )
        )
    }, gdp_both()


@layout
def scope_prefix():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-7 地区生产总值"],
                [
                    "城市",
                    "City",
                    "全市地区生产总值(亿元)",
                    "市辖区地区生产总值(亿元)",
                    "全市人均地区生产总值(元)",
                    "市辖区人均地区生产总值(元)",
                ],
                *rows(lambda c: [G0(c) / 1e4, G1(c) / 1e4, H0(c), H1(c)]),
            )
        )
    }, gdp_both()


@layout
def scope_suffix():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-7 地区生产总值"],
                [
                    "城市",
                    "City",
                    "地区生产总值_亿元_全市",
                    "地区生产总值_亿元_市辖区",
                    "人均地区生产总值-全市(元)",
                    "人均地区生产总值-市辖区(元)",
                ],
                *rows(lambda c: [G0(c) / 1e4, G1(c) / 1e4, H0(c), H1(c)]),
            )
        )
    }, gdp_both()


@layout
def english_scopes():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-7 地区生产总值"],
                ["城市", "City", "地区生产总值(亿元)", "", "人均地区生产总值(元)", ""],
                [
                    "",
                    "",
                    "Total City",
                    "Districts under City",
                    "Total City",
                    "Districts under City",
                ],
                *rows(lambda c: [G0(c) / 1e4, G1(c) / 1e4, H0(c), H1(c)]),
            )
        )
    }, gdp_both()


@layout
def years_and_scopes():
    e = {
        **of("gdp_mcny", W, G0, k=0.01),
        **of("gdp_mcny", D, G1, k=0.01),
        **of("gdp_mcny", W, lambda c: G0(c) - 1e5, year=2016, k=0.01),
        **of("gdp_mcny", D, lambda c: G1(c) - 1e5, year=2016, k=0.01),
    }
    e.update(of("gdp_per_capita_cny", W, H0))
    return (
        {
            "a.xlsx": xlsx(
                pg(
                    ["2-7 地区生产总值"],
                    ["城市", "City", "地区生产总值(万元)", "", "", "", "人均地区生产总值(元)"],
                    ["", "", "2016", "", "2017", "", "2017"],
                    ["", "", "全市", "市辖区", "全市", "市辖区", "全市"],
                    *rows(lambda c: [G0(c) - 1e5, G1(c) - 1e5, G0(c), G1(c), H0(c)]),
                )
            )
        },
        e,
        {"years": (2016, 2017)},
    )


@layout
def last_year_beside():
    return (
        {
            "a.xlsx": xlsx(
                pg(
                    ["2-7 地区生产总值(全市)"],
                    [
                        "城市",
                        "City",
                        "2016年地区生产总值(万元)",
                        "2017年地区生产总值(万元)",
                        "人均地区生产总值(元)",
                    ],
                    *rows(lambda c: [G0(c) - 1e5, G0(c), H0(c)]),
                )
            )
        },
        {
            **of("gdp_mcny", W, G0, k=0.01),
            **of("gdp_mcny", W, lambda c: G0(c) - 1e5, year=2016, k=0.01),
            **of("gdp_per_capita_cny", W, H0),
        },
        {"years": (2016, 2017)},
    )


@layout
def stacked_tables():
    b1 = rows(lambda c: [G1(c), H1(c)])
    b2 = rows(lambda c: list(shares(c)))
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["Gross Regional Product (Districts)"],
                ["城市", "City", "地区生产总值(万元)", "人均地区生产总值(元)"],
                *b1,
                [],
                ["2-10 地区生产总值构成(市辖区)"],
                ["单位：%"],
                [
                    "城市",
                    "City",
                    "第一产业占GDP的比重",
                    "第二产业占GDP的比重",
                    "第三产业占GDP的比重",
                ],
                *b2,
            )
        )
    }, {
        **of("gdp_mcny", D, G1, k=0.01),
        **of("gdp_per_capita_cny", D, H1),
        **{
            k: v
            for i, s in enumerate(("primary", "secondary", "tertiary"))
            for k, v in of(f"{s}_share_pct", D, lambda c, i=i: shares(c)[i]).items()
        },
    }


@layout
def no_title():
    return {
        "地区生产总值.xlsx": xlsx(
            pg(
                ["城市", "City", "地区生产总值(亿元)", "", "人均地区生产总值(元)", ""],
                ["", "", "全市", "市辖区", "全市", "市辖区"],
                *rows(lambda c: [G0(c) / 1e4, G1(c) / 1e4, H0(c), H1(c)]),
                sheet="2-7",
            )
        )
    }, gdp_both()


@layout
def watermarks():
    b = rows(lambda c: [G1(c), H1(c)])
    b.insert(9, ["中国知网 www.cnki.net"])
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["城市", "City", "地区生产总值(万元)", "人均地区生产总值(元)"],
                *b,
                [],
                ["更多数据请关注公众号"],
                ["", "", "数据整理：某某"],
            )
        )
    }, {**of("gdp_mcny", D, G1, k=0.01), **of("gdp_per_capita_cny", D, H1)}


@layout
def new_subtotals():
    b = rows(lambda c: [G1(c), H1(c)])
    b.insert(0, ["长三角城市群", "", 5, 5])
    b.insert(3, ["环渤海", "", 5, 5])
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["城市", "City", "地区生产总值(万元)", "人均地区生产总值(元)"],
                *b,
            )
        )
    }, {**of("gdp_mcny", D, G1, k=0.01), **of("gdp_per_capita_cny", D, H1)}


@layout
def english_only():
    b = [[r[1], *r[2:]] for r in rows(lambda c: [G1(c), H1(c)])]
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 Gross Regional Product (Districts under City)"],
                ["City", "Gross Regional Product (10 000 yuan)", "Per Capita GRP (yuan)"],
                *b,
            )
        )
    }, gdp_districts()


@layout
def serial_numbers():
    b = rows(lambda c: [G1(c), H1(c)])
    n = 0
    for r in b:
        if r[2] != "":
            n += 1
            r.insert(0, n)
        else:
            r.insert(0, "")
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["序号", "城市", "City", "地区生产总值(万元)", "人均地区生产总值(元)"],
                *b,
            )
        )
    }, {**of("gdp_mcny", D, G1, k=0.01), **of("gdp_per_capita_cny", D, H1)}


@layout
def province_column():
    b = [[province_of(c), z.strip(), c, G1(c), H1(c)] for z, _, c in CITIES]
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["省份", "城市", "行政区划代码", "地区生产总值(万元)", "人均地区生产总值(元)"],
                *b,
            )
        )
    }, {**of("gdp_mcny", D, G1, k=0.01), **of("gdp_per_capita_cny", D, H1)}


@layout
def province_merged():
    b = []
    last = ""
    for z, _, c in CITIES:
        p = province_of(c)
        b.append([p if p != last else "", z.strip(), G1(c), H1(c)])
        last = p
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["省份", "城市", "地区生产总值(万元)", "人均地区生产总值(元)"],
                *b,
            )
        )
    }, {**of("gdp_mcny", D, G1, k=0.01), **of("gdp_per_capita_cny", D, H1)}


@layout
def breaks_in_words():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-10 地区生产总值\n构成(市辖区)"],
                [
                    "城市",
                    "City",
                    "第一产业\n占GDP的\n比重(%)\nPrimary",
                    "第二产\n业占GDP的比重(%)",
                    "第三产业占GDP的比 重(%)",
                ],
                *rows(lambda c: list(shares(c))),
            )
        )
    }, {
        k: v
        for i, s in enumerate(("primary", "secondary", "tertiary"))
        for k, v in of(f"{s}_share_pct", D, lambda c, i=i: shares(c)[i]).items()
    }


@layout
def unit_row_under_header():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["城市", "City", "地区生产总值", "人均地区生产总值", "地区生产总值增长率"],
                ["", "", "亿元", "元", "%"],
                ["", "", "(100 million yuan)", "(yuan)", ""],
                *rows(lambda c: [G1(c) / 1e4, H1(c), 6.5]),
            )
        )
    }, {**of("gdp_mcny", D, G1, k=0.01), **of("gdp_per_capita_cny", D, H1)}


@layout
def continuation_other_scope():
    b1 = rows(lambda c: [G0(c), H0(c)])
    b2 = rows(lambda c: [G1(c), H1(c)])
    h = ["城市", "City", "地区生产总值(万元)", "人均地区生产总值(元)"]
    return {
        "a.xlsx": xlsx(pg(["2-9 地区生产总值(全市)"], h, *b1, [], ["2-9 续表 (市辖区)"], h, *b2))
    }, gdp_both()


@layout
def scope_line():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值"],
                ["市辖区 Districts under City"],
                ["城市", "City", "地区生产总值(万元)", "人均地区生产总值(元)"],
                *rows(lambda c: [G1(c), H1(c)]),
            )
        )
    }, {**of("gdp_mcny", D, G1, k=0.01), **of("gdp_per_capita_cny", D, H1)}


@layout
def stars():
    b = rows(lambda c: [G1(c), H1(c)])
    b[4][2] = f"{b[4][2]}*"
    b[8][3] = f"({b[8][3]})"
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["城市", "City", "地区生产总值(万元)", "人均地区生产总值(元)"],
                *b,
            )
        )
    }, None


@layout
def bare_title():
    return {
        "a.xlsx": xlsx(
            pg(
                ["地区生产总值（市辖区）"],
                ["", "", "单位：万元、元"],
                ["城市", "City", "地区生产总值", "人均地区生产总值"],
                *rows(lambda c: [G1(c), H1(c)]),
            )
        )
    }, {**of("gdp_mcny", D, G1, k=0.01), **of("gdp_per_capita_cny", D, H1)}


@layout
def title_and_unit_one_row():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-7 三次产业增加值(全市)", "", "", "单位：亿元"],
                ["城市", "City", "第一产业增加值", "第二产业增加值", "第三产业增加值"],
                *rows(lambda c: [G0(c) / 1e4 * s / 100 for s in shares(c)]),
            )
        )
    }, {
        k: v
        for i, s in enumerate(("primary", "secondary", "tertiary"))
        for k, v in of(
            f"{s}_va_mcny", W, lambda c, i=i: G0(c) / 1e4 * shares(c)[i] / 100, k=100
        ).items()
    }


@layout
def county_block_below():
    b = rows(lambda c: [G1(c), H1(c)])
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["城市", "City", "地区生产总值(万元)", "人均地区生产总值(元)"],
                *b,
                [],
                ["中国2017年县级市数据 3-3 地区生产总值(万元)"],
                ["城市", "City", "地区生产总值", "第一产业"],
                ["河北省"],
                ["辛集市", "Xinji", 5, 5],
                ["晋州市", "Jinzhou", 6, 6],
            )
        )
    }, {**of("gdp_mcny", D, G1, k=0.01), **of("gdp_per_capita_cny", D, H1)}


@layout
def qizhong():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-7 地区生产总值"],
                ["城市", "City", "地区生产总值(亿元)", "", "人均地区生产总值(元)", ""],
                ["", "", "全市", "其中：市辖区", "全市", "#市辖区"],
                *rows(lambda c: [G0(c) / 1e4, G1(c) / 1e4, H0(c), H1(c)]),
            )
        )
    }, gdp_both()


@layout
def dashes():
    b = rows(lambda c: [G1(c), H1(c)])
    e = {**of("gdp_mcny", D, G1, k=0.01), **of("gdp_per_capita_cny", D, H1)}
    for i, r in enumerate(b):
        if i in (3, 9, 13):
            r[2] = "-"
            r[3] = "-"
    for i in (3, 9, 13):
        for v in ("gdp_mcny", "gdp_per_capita_cny"):
            e.pop((PLACES[i][2], 2017, D, v), None)
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["城市", "City", "地区生产总值(万元)", "人均地区生产总值(元)"],
                *b,
            )
        )
    }, e


@layout
def scope_rows():
    b = []
    for z, e, c in PLACES:
        b.append([z, e, *([G0(c), H0(c)] if c else ["", ""])])
        if c:
            b.append(["    市辖区", "", G1(c), H1(c)])
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值"],
                ["城市", "City", "地区生产总值(万元)", "人均地区生产总值(元)"],
                *b,
            )
        )
    }, gdp_both()


@layout
def years_only_header():
    return (
        {
            "a.xlsx": xlsx(
                pg(
                    ["2-9 地区生产总值(全市)"],
                    ["单位：万元"],
                    ["城市", "City", "2016", "2017"],
                    *rows(lambda c: [G0(c) - 1e5, G0(c)]),
                )
            )
        },
        {
            **of("gdp_mcny", W, G0, k=0.01),
            **of("gdp_mcny", W, lambda c: G0(c) - 1e5, year=2016, k=0.01),
        },
        {"years": (2016, 2017)},
    )


@layout
def scopes_only_header():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-1 年末总人口 (万人)"],
                ["城市", "City", "全市", "市辖区"],
                *rows(lambda c: [P0(c), P1(c)]),
            )
        )
    }, {**of("population_registered_k", W, P0, k=10), **of("population_registered_k", D, P1, k=10)}


@layout
def head_word_new():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["城市 City", "地区生产总值(万元)", "人均地区生产总值(元)"],
                *[[f"{r[0]} {r[1].strip()}", *r[2:]] for r in rows(lambda c: [G1(c), H1(c)])],
            )
        )
    }, {**of("gdp_mcny", D, G1, k=0.01), **of("gdp_per_capita_cny", D, H1)}


@layout
def indicator_head():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["指标\\城市", "地区生产总值(万元)", "人均地区生产总值(元)"],
                *rows(lambda c: [G1(c), H1(c)], english=False),
            )
        )
    }, {**of("gdp_mcny", D, G1, k=0.01), **of("gdp_per_capita_cny", D, H1)}


@layout
def employment_units():
    e = {}
    for i, s in enumerate(("primary", "secondary", "tertiary")):
        e.update(
            of(f"{s}_employment_k", W, lambda c, i=i: 1000 + int(c[:4]) * 3 + i * 40000, k=0.001)
        )
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-3 按三次产业分的从业人员(全市)"],
                ["单位：人"],
                ["城市", "City", "第一产业", "第二产业", "第三产业"],
                *rows(lambda c: [1000 + int(c[:4]) * 3 + i * 40000 for i in range(3)]),
            )
        )
    }, e


@layout
def nested_headers():
    e = {}
    for i, s in enumerate(("primary", "secondary", "tertiary")):
        e.update(of(f"{s}_share_pct", W, lambda c, i=i: shares(c)[i]))
        e.update(of(f"{s}_share_pct", D, lambda c, i=i: shares(c)[i] + (-0.5 if i else 1)))
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-10 地区生产总值构成"],
                ["单位：%"],
                ["城市", "City", "全市", "", "", "市辖区", "", ""],
                ["", "", "第一产业", "第二产业", "第三产业", "第一产业", "第二产业", "第三产业"],
                *rows(
                    lambda c: [
                        *shares(c),
                        *[s + (-0.5 if i else 1) for i, s in enumerate(shares(c))],
                    ]
                ),
            )
        )
    }, e


@layout
def total_city_block_and_title_both():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-7  地区生产总值  Gross Regional Product", "", "", "", "", ""],
                ["(全市 Total City)"],
                ["城市", "City", "地区生产总值(亿元)", "人均地区生产总值(元)"],
                *rows(lambda c: [G0(c) / 1e4, H0(c)]),
            )
        )
    }, {**of("gdp_mcny", W, G0, k=0.01), **of("gdp_per_capita_cny", W, H0)}


@layout
def fullwidth_everything():
    t = str.maketrans("0123456789.()-%", "０１２３４５６７８９．（）－％")
    return {
        "a.xlsx": xlsx(
            pg(
                ["２－９　地区生产总值（市辖区）"],
                ["城　　市", "City", "地区生产总值（亿元）", "人均地区生产总值（元）"],
                *rows(lambda c: [str(G1(c) / 1e4).translate(t), str(H1(c)).translate(t)]),
            )
        )
    }, {**of("gdp_mcny", D, G1, k=0.01), **of("gdp_per_capita_cny", D, H1)}


@layout
def tables_per_sheet():
    return {
        "a.xlsx": xlsx(
            pg(["目录"], ["2-7 地区生产总值"], sheet="目录"),
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["城市", "City", "地区生产总值(万元)", "人均地区生产总值(元)"],
                *rows(lambda c: [G1(c), H1(c)]),
                sheet="2－9",
            ),
            pg(
                ["2-1 人口数(全市)"],
                ["城市", "City", "年末户籍人口(万人)"],
                *rows(lambda c: [P0(c)]),
                sheet="2－1",
            ),
        )
    }, {
        **of("gdp_mcny", D, G1, k=0.01),
        **of("gdp_per_capita_cny", D, H1),
        **of("population_registered_k", W, P0, k=10),
    }


@layout
def gdp_unit_wrong_place_percap_wanyuan():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["单位：万元"],
                ["城市", "City", "地区生产总值", "人均地区生产总值"],
                *rows(lambda c: [G1(c), H1(c)]),
            )
        )
    }, None


@layout
def two_titles_cells_far():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9", "", "地区生产总值", "", "(市辖区)"],
                ["城市", "City", "地区生产总值(万元)", "人均地区生产总值(元)"],
                *rows(lambda c: [G1(c), H1(c)]),
            )
        )
    }, {**of("gdp_mcny", D, G1, k=0.01), **of("gdp_per_capita_cny", D, H1)}


@layout
def two_tables_side_by_side():
    a = gdp_rows()
    b = rows(lambda c: [P0(c)])
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)", "", "", "", "", "2-1 人口数(全市)"],
                [*HEAD, "", "城市", "City", "年末户籍人口(万人)"],
                *[[*x, "", *y] for x, y in zip(a, b, strict=True)],
            )
        )
    }, {**gdp_districts(), **of("population_registered_k", W, P0, k=10)}


@layout
def skipped_then_untitled():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-20 绿地面积(市辖区)"],
                ["城市", "City", "绿地面积(公顷)"],
                *rows(lambda c: [55]),
                [],
                HEAD,
                *gdp_rows(),
            )
        )
    }, None


@layout
def jilin_province_row_lost():
    b = [[r[0].strip().removesuffix("省").removesuffix("市"), *r[1:]] for r in gdp_rows()]
    i = next(k for k, r in enumerate(b) if r[0] == "吉林")
    del b[i]
    return {"a.xlsx": xlsx(pg(["2-9 地区生产总值(市辖区)"], HEAD, *b))}, gdp_districts()


@layout
def scope_banner_side_by_side_pairs():
    e = {**gdp_districts(), **of("gdp_mcny", W, G0, k=0.01), **of("gdp_per_capita_cny", W, H0)}
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值"],
                ["", "", "全市 Total City", "", "市辖区 Districts under City", ""],
                [
                    "城市",
                    "City",
                    "地区生产总值(万元)",
                    "人均地区生产总值(元)",
                    "地区生产总值(万元)",
                    "人均地区生产总值(元)",
                ],
                *rows(lambda c: [G0(c), H0(c), G1(c), H1(c)]),
            )
        )
    }, e


@layout
def percent_as_fraction():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-10 地区生产总值构成(市辖区)"],
                ["单位:%"],
                [
                    "城市",
                    "City",
                    "第一产业占GDP的比重",
                    "第二产业占GDP的比重",
                    "第三产业占GDP的比重",
                ],
                *rows(lambda c: [s / 100 for s in shares(c)]),
            )
        )
    }, None


@layout
def unit_changes_in_continuation():
    b = gdp_rows()
    h = ["城市", "City", "地区生产总值", "人均地区生产总值(元)"]
    b2 = [[r[0], r[1], (r[2] / 1e4 if r[2] != "" else ""), r[3]] for r in b[13:]]
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["", "", "单位：万元"],
                h,
                *b[:13],
                [],
                ["2-9 续表"],
                ["", "", "单位：亿元"],
                h,
                *b2,
            )
        )
    }, gdp_districts()


@layout
def unit_line_lost_in_continuation_but_changed():
    b = gdp_rows()
    h = ["城市", "City", "地区生产总值", "人均地区生产总值(元)"]
    b2 = [[r[0], r[1], (r[2] / 1e4 if r[2] != "" else ""), r[3]] for r in b[13:]]
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["", "", "单位：万元"],
                h,
                *b[:13],
                [],
                ["2-9 续表"],
                h,
                *b2,
            )
        )
    }, None


@layout
def zero_for_missing():
    b = gdp_rows()
    for i in (3, 8, 11):
        b[i + 0][2:] = [0, 0] if b[i][2] != "" else b[i][2:]
    return {"a.xlsx": xlsx(pg(["2-9 地区生产总值(市辖区)"], HEAD, *b))}, None


@layout
def year_in_sheet_and_title_disagree():
    return {"a.xlsx": xlsx(pg(["2-9 2016年地区生产总值(市辖区)"], HEAD, *gdp_rows()))}, None


@layout
def two_years_in_title():
    return {
        "a.xlsx": xlsx(pg(["2-9 2016-2017年地区生产总值(市辖区)"], HEAD, *gdp_rows()))
    }, gdp_districts()


@layout
def edition_in_title():
    return {
        "a.xlsx": xlsx(
            pg(["中国城市统计年鉴2018", "", "2-9 地区生产总值(市辖区)"], HEAD, *gdp_rows())
        )
    }, gdp_districts()


@layout
def edition_line_with_dash():
    return {
        "a.xlsx": xlsx(
            pg(["中国城市统计年鉴—2018"], ["2-9 地区生产总值(市辖区)"], HEAD, *gdp_rows())
        )
    }, gdp_districts()


@layout
def page_numbers():
    b = gdp_rows()
    b.insert(10, ["", "", "", "123"])
    return {"a.xlsx": xlsx(pg(["2-9 地区生产总值(市辖区)"], HEAD, *b))}, None


@layout
def header_translation_of_other():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                [
                    "城市",
                    "City",
                    "地区生产总值(万元)\nGross Regional Product (100 million yuan)",
                    "人均地区生产总值(元)",
                ],
                *gdp_rows(),
            )
        )
    }, None


@layout
def districts_in_title_whole_in_english():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["Gross Regional Product (Total City)"],
                HEAD,
                *gdp_rows(),
            )
        )
    }, None


@layout
def population_units_person():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-1 人口数(全市)"],
                ["城市", "City", "年末户籍人口(人)", "年平均人口(万人)"],
                *rows(lambda c: [P0(c) * 10000, P0(c)]),
            )
        )
    }, {**of("population_registered_k", W, P0, k=10), **of("population_average_k", W, P0, k=10)}


@layout
def wan_yuan_bracket_mix():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["城市", "City", "地区生产总值【万元】", "人均地区生产总值［元］"],
                *gdp_rows(),
            )
        )
    }, gdp_districts()


@layout
def unit_without_brackets():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["城市", "City", "地区生产总值 万元", "人均地区生产总值：元"],
                *gdp_rows(),
            )
        )
    }, gdp_districts()


@layout
def title_deep_and_note_between():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["注：本表按当年价格计算"],
                ["(2017年)"],
                HEAD,
                *gdp_rows(),
            )
        )
    }, gdp_districts()


@layout
def continued_word_english():
    b = gdp_rows()
    return {
        "a.xlsx": xlsx(
            pg(["2-9 地区生产总值(市辖区)"], HEAD, *b[:13], [], ["2-9 Continued"], HEAD, *b[13:])
        )
    }, gdp_districts()


@layout
def continuation_paren_xu():
    b = gdp_rows()
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                HEAD,
                *b[:13],
                [],
                ["2-9 地区生产总值(市辖区)（续）"],
                HEAD,
                *b[13:],
            )
        )
    }, gdp_districts()


@layout
def continuation_xu_one():
    b = gdp_rows()
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                HEAD,
                *b[:13],
                [],
                ["2-9 地区生产总值(市辖区)续表1"],
                HEAD,
                *b[13:],
            )
        )
    }, gdp_districts()


@layout
def city_names_with_footnote_marks():
    b = gdp_rows()
    b[4][0] += "①"
    b[5][0] += "*"
    return {"a.xlsx": xlsx(pg(["2-9 地区生产总值(市辖区)"], HEAD, *b))}, gdp_districts()


@layout
def numbers_with_spaces():
    b = gdp_rows()
    b[4][2] = f" {b[4][2]} "
    b[5][2] = "\u00a0" + str(b[5][2])
    b[6][2] = f"{b[6][2]:,}".replace(",", " ")
    return {"a.xlsx": xlsx(pg(["2-9 地区生产总值(市辖区)"], HEAD, *b))}, None


@layout
def provinces_with_totals():
    b = gdp_rows()
    for r in b:
        if r[2] == "":
            r[2:] = [99999999, 55555]
    return {"a.xlsx": xlsx(pg(["2-9 地区生产总值(市辖区)"], HEAD, *b))}, gdp_districts()


@layout
def autonomous_prefectures():
    b = gdp_rows()
    b.append(["湖北省", "", "", ""])
    b.append(["恩施土家族苗族自治州", "Enshi", 500, 600])
    b.append(["仙桃市", "Xiantao", 3, 4])
    return {"a.xlsx": xlsx(pg(["2-9 地区生产总值(市辖区)"], HEAD, *b))}, None


@layout
def gongye_enterprises_and_area_in_one():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-3 土地资源(市辖区)"],
                [
                    "城市",
                    "City",
                    "行政区域土地面积(平方公里)",
                    "建成区面积(平方公里)",
                    "城市建设用地面积(平方公里)",
                ],
                *rows(lambda c: [1500 + int(c[:4]) % 77, 90, 80 + int(c[:4]) % 13]),
            )
        )
    }, {
        **of("area_km2", D, lambda c: 1500 + int(c[:4]) % 77),
        **of("construction_land_km2", D, lambda c: 80 + int(c[:4]) % 13),
    }


@layout
def area_of_which():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-3 行政区域土地面积及城市建设用地"],
                ["单位：平方公里"],
                ["城市", "City", "行政区域土地面积", "", "城市建设用地面积", "#居住用地面积"],
                ["", "", "全市", "市辖区", "市辖区", "市辖区"],
                *rows(
                    lambda c: [
                        9000 + int(c[:4]) % 77,
                        1500 + int(c[:4]) % 77,
                        80 + int(c[:4]) % 13,
                        20,
                    ]
                ),
            )
        )
    }, {
        **of("area_km2", W, lambda c: 9000 + int(c[:4]) % 77),
        **of("area_km2", D, lambda c: 1500 + int(c[:4]) % 77),
        **of("construction_land_km2", D, lambda c: 80 + int(c[:4]) % 13),
    }


@layout
def scope_words_spelled_wholly():
    e = {**gdp_districts(), **of("gdp_mcny", W, G0, k=0.01), **of("gdp_per_capita_cny", W, H0)}
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值"],
                ["城市", "City", "地区生产总值(万元)", "", "人均地区生产总值(元)", ""],
                ["", "", "地级市", "市辖区", "地级市", "市辖区"],
                *rows(lambda c: [G0(c), G1(c), H0(c), H1(c)]),
            )
        )
    }, e


@layout
def txt_fixed():
    lines = ["2-9 地区生产总值(市辖区)", "\t".join(HEAD)] + [
        "\t".join(str(x) for x in r) for r in gdp_rows()
    ]
    return {"a.txt": "\r\n".join(lines).encode("gb18030")}, gdp_districts()


def emp(c, i):
    return 1000 + int(c[:4]) * 3 + i * 40000


@layout
def employment_by_industry():
    e = {}
    for i, s in enumerate(("primary", "secondary", "tertiary")):
        e.update(of(f"{s}_employment_k", W, lambda c, i=i: emp(c, i), k=0.001))
    return {
        "a.xls": encrypted_xls(
            pg(
                ["2-4  按产业划分的年末城镇单位就业人员(全市)"],
                [
                    "城市",
                    "City",
                    "第一产业(农、林、牧、渔业)\r\n(人)\r\nPrimary Industry\r\n(person)",
                    "第二产业\r\n(人)",
                    "第三产业\r\n(人)",
                ],
                *rows(lambda c: [str(emp(c, i)) for i in range(3)]),
            )
        )
    }, e


@layout
def circled():
    b = rows(lambda c: [G1(c), H1(c)])
    b[4][2] = f"{b[4][2]}①"
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["城市", "City", "地区生产总值(万元)", "人均地区生产总值(元)"],
                *b,
            )
        )
    }, None


@layout
def year_header_over_pairs_lost_merge():
    e = {
        **of("gdp_mcny", W, G0, k=0.01),
        **of("gdp_mcny", D, G1, k=0.01),
        **of("gdp_mcny", W, lambda c: G0(c) - 1e5, year=2016, k=0.01),
        **of("gdp_mcny", D, lambda c: G1(c) - 1e5, year=2016, k=0.01),
    }
    return (
        {
            "a.xlsx": xlsx(
                pg(
                    ["2-7 地区生产总值"],
                    ["城市", "City", "地区生产总值(万元)", "", "", ""],
                    ["", "", "2016", "", "2017", ""],
                    ["", "", "全市", "市辖区", "全市", "市辖区"],
                    *rows(lambda c: [G0(c) - 1e5, G1(c) - 1e5, G0(c), G1(c)]),
                )
            )
        },
        e,
        {"years": (2016, 2017)},
    )


@layout
def years_below_scopes():
    e = {
        **of("gdp_mcny", W, G0, k=0.01),
        **of("gdp_mcny", D, G1, k=0.01),
        **of("gdp_mcny", W, lambda c: G0(c) - 1e5, year=2016, k=0.01),
        **of("gdp_mcny", D, lambda c: G1(c) - 1e5, year=2016, k=0.01),
    }
    return (
        {
            "a.xlsx": xlsx(
                pg(
                    ["2-7 地区生产总值"],
                    ["城市", "City", "地区生产总值(万元)", "", "", ""],
                    ["", "", "全市", "", "市辖区", ""],
                    ["", "", "2016", "2017", "2016", "2017"],
                    *rows(lambda c: [G0(c) - 1e5, G0(c), G1(c) - 1e5, G1(c)]),
                )
            )
        },
        e,
        {"years": (2016, 2017)},
    )


@layout
def long_panel():
    b = []
    for z, _, c in CITIES:
        for y in (2016, 2017):
            b.append([z.strip(), y, G0(c) - (2017 - y) * 1e5, H0(c) - (2017 - y)])
    return (
        {
            "a.xlsx": xlsx(
                pg(
                    ["2-7 地区生产总值(全市)"],
                    ["城市", "年份", "地区生产总值(万元)", "人均地区生产总值(元)"],
                    *b,
                )
            )
        },
        {
            **of("gdp_mcny", W, G0, k=0.01),
            **of("gdp_mcny", W, lambda c: G0(c) - 1e5, year=2016, k=0.01),
            **of("gdp_per_capita_cny", W, H0),
            **of("gdp_per_capita_cny", W, lambda c: H0(c) - 1, year=2016),
        },
        {"years": (2016, 2017)},
    )


@layout
def registered_and_resident():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-1 人口数"],
                ["城市", "City", "户籍人口(万人)", "", "常住人口(万人)", ""],
                ["", "", "全市", "市辖区", "全市", "市辖区"],
                *rows(lambda c: [P0(c), P1(c), P0(c) + 9, P1(c) + 9]),
            )
        )
    }, {
        **of("population_registered_k", W, P0, k=10),
        **of("population_registered_k", D, P1, k=10),
        **of("population_resident_k", W, lambda c: P0(c) + 9, k=10),
        **of("population_resident_k", D, lambda c: P1(c) + 9, k=10),
    }


@layout
def city_in_last_column():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["地区生产总值(万元)", "人均地区生产总值(元)", "城市"],
                *[[r[1], r[2], r[0]] for r in rows(lambda c: [G1(c), H1(c)], english=False)],
            )
        )
    }, {**of("gdp_mcny", D, G1, k=0.01), **of("gdp_per_capita_cny", D, H1)}


@layout
def names_beside_right_repeat():
    return {
        "a.xlsx": xlsx(
            pg(
                ["2-9 地区生产总值(市辖区)"],
                ["城市", "地区生产总值(万元)", "人均地区生产总值(元)", "城市"],
                *[[r[0], r[1], r[2], r[0]] for r in rows(lambda c: [G1(c), H1(c)], english=False)],
            )
        )
    }, {**of("gdp_mcny", D, G1, k=0.01), **of("gdp_per_capita_cny", D, H1)}
