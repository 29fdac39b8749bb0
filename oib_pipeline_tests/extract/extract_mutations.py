"""Ways in which a workbook arrives damaged, each drawn with a seed.

A mutation takes a page and a random source and gives the file's bytes. Its name says what befalls
the page; CLEAN, ERROR or EITHER says what must come of it.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable

from extract_builders import Page, encrypted_xls, text, xls, xlsx
from openpyxl.utils import get_column_letter

NAMES = [
    "  7hangzhou",
    "  石冢庄市",
    "  '; DROP TABLE x; --市",
    '  "甲"市',
    "  ../../etc/passwd",
    "  C:\\temp\\市",
    "  <script>alert(1)</script>",
    '  @SUM(1+1)*cmd|"/C calc"!A0',
    "  ?",
    "  5",
]
CLEAN, ERROR, EITHER = "clean", "error", "either"
Mutation = Callable[[Page, random.Random], bytes]
MUTATIONS: dict[str, tuple[str, Mutation]] = {}


def mutation(outcome: str) -> Callable[[Mutation], Mutation]:
    def register(function: Mutation) -> Mutation:
        MUTATIONS[function.__name__] = (outcome, function)
        return function

    return register


def head(page: Page) -> int:
    """Row of the city column's head."""
    return next(r for r, row in enumerate(page.rows) if str(row[0]).replace(" ", "") == "城市")


def first(page: Page) -> int:
    """First row of a city."""
    return page.find("北京市")[0]


def city_row(page: Page, rng: random.Random) -> int:
    rows = [r for r in range(first(page), len(page.rows)) if page.rows[r][2] != ""]
    return rng.choice(rows)


def wanted(page: Page) -> list[int]:
    """Columns of values that become observations."""
    top = head(page)
    columns, growth = [], False
    for c in range(2, len(page.rows[top])):
        growth = ("增长率" in page.rows[top][c]) if page.rows[top][c] else growth
        if not growth:
            columns.append(c)
    return columns


def unmerged(page: Page) -> Page:
    page = page.copy()
    page.merges = []
    return page


# what a reader must see through


@mutation(CLEAN)
def as_it_is_in_another_format(page, rng):
    return rng.choice([xlsx, xls, encrypted_xls, text])(page)


@mutation(CLEAN)
def text_in_another_encoding(page, rng):
    return text(page, rng.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))


@mutation(CLEAN)
def merges_lost(page, rng):
    return xlsx(unmerged(page))


@mutation(CLEAN)
def blank_rows_on_top(page, rng):
    page = unmerged(page)
    page.rows[:0] = [[""] * len(page.rows[0])] * rng.randint(1, 4)
    return xlsx(page)


@mutation(CLEAN)
def blank_column_at_the_left(page, rng):
    page = unmerged(page)
    page.rows = [["", *row] for row in page.rows]
    return xlsx(page)


@mutation(CLEAN)
def blank_columns_at_the_right(page, rng):
    page = page.copy()
    page.rows = [[*row, "", ""] for row in page.rows]
    return xlsx(page)


@mutation(CLEAN)
def blank_row_between_rows(page, rng):
    page = page.copy()
    page.rows.insert(city_row(page, rng), [""] * len(page.rows[0]))
    return xlsx(page)


@mutation(CLEAN)
def columns_swapped_with_their_heads(page, rng):
    page = unmerged(page)
    top, columns = head(page), wanted(page)
    for line in range(top, first(page)):  # a heading over two columns is written out first
        for c in columns[1:]:
            row = page.rows[line]
            below = any(page.rows[k][c] for k in range(line + 1, first(page)))
            if not row[c] and below:
                row[c] = row[c - 1]
    a, b = rng.sample(columns, 2) if len(columns) > 1 else (columns[0],) * 2
    for row in page.rows[top:]:
        row[a], row[b] = row[b], row[a]
    return xlsx(page)


@mutation(CLEAN)
def thousands_commas(page, rng):
    page = page.copy()
    for row in page.rows[first(page) :]:
        for c in wanted(page):
            if row[c] != "":
                whole, point, rest = str(row[c]).partition(".")
                row[c] = f"{int(whole):,}{point}{rest}"
    return xlsx(page)


@mutation(CLEAN)
def numbers_and_text_exchanged(page, rng):
    page = page.copy()
    for row in page.rows[first(page) :]:
        for c in wanted(page):
            if row[c] != "" and rng.random() < 0.5:
                row[c] = float(row[c]) if isinstance(row[c], str) else repr(row[c])
    return xlsx(page)


@mutation(CLEAN)
def spaces_of_all_widths(page, rng):
    page = page.copy()
    start = first(page)
    for row in page.rows[head(page) :]:
        row[0] = rng.choice(["　", " ", "\u00a0", "\u200b"]).join(str(row[0]))
    for row in page.rows[start:]:
        row[2] = f" {row[2]}　" if row[2] != "" else ""
    return xlsx(page)


@mutation(CLEAN)
def full_width_signs(page, rng):
    page = page.copy()
    wide = str.maketrans("()%:", "（）％：")
    for row in page.rows[: first(page)]:
        row[:] = [str(cell).translate(wide) for cell in row]
    return xlsx(page)


@mutation(CLEAN)
def footnotes_subtotals_and_source_lines(page, rng):
    page = page.copy()
    width = len(page.rows[0])
    page.rows.insert(first(page), ["合    计", *["999"] * (width - 1)])
    page.rows.append([rng.choice(["注：本表数字。", "资料来源：年鉴"]), *[""] * (width - 1)])
    return xlsx(page)


@mutation(CLEAN)
def header_repeated_midway(page, rng):
    page = unmerged(page)
    at = city_row(page, rng)
    page.rows[at:at] = [list(row) for row in page.rows[head(page) : first(page)]]
    return xlsx(page)


@mutation(CLEAN)
def a_known_ocr_name(page, rng):
    page = page.copy()
    row, _ = page.find("无锡")
    page.rows[row][0] = "尤锡市"
    return xlsx(page)


@mutation(CLEAN)
def english_names_garbled(page, rng):
    page = page.copy()
    page.rows[city_row(page, rng)][1] = rng.choice(["  7hangzhou", "  Shijlazhuang", ""])
    return xlsx(page)


@mutation(CLEAN)
def unit_changed_and_values_with_it(page, rng):
    page = page.copy()
    row, column = page.find("万") if _has(page, "万") else page.find("城")
    header = str(page.rows[row][column])
    if "万元" not in header:
        return xlsx(page)
    page.rows[row][column] = header.replace("万元", "元").replace("10 000 yuan", "yuan")
    for line in page.rows[first(page) :]:
        if line[column] != "":
            line[column] = str(int(line[column]) * 10_000)
    return xlsx(page)


def _has(page: Page, word: str) -> bool:
    return any(word in str(cell) for row in page.rows for cell in row)


# what a reader must refuse


@mutation(ERROR)
def header_moved_one_column(page, rng):
    page = unmerged(page)
    top = head(page)
    for row in page.rows[top : first(page)]:
        row[2:] = ["", *row[2:-1]]
    return xlsx(page)


@mutation(ERROR)
def column_dropped(page, rng):
    page = unmerged(page)
    column = rng.choice(wanted(page))
    page.rows = [row[:column] + row[column + 1 :] for row in page.rows]
    return xlsx(page)


@mutation(EITHER)  # the English below it may be known
def heading_blanked(page, rng):
    page = page.copy()
    row = page.rows[rng.choice(_heading_rows(page))]
    for c in range(2, len(row)):
        row[c] = ""
    return xlsx(page)


def _heading_rows(page: Page) -> list[int]:
    """Header rows without which some column has no name or no scope."""
    return [
        r
        for r in range(head(page), first(page))
        if any(word in str(cell) for cell in page.rows[r] for word in ("产", "口", "市辖区"))
    ]


@mutation(ERROR)
def heading_misspelt(page, rng):
    page = page.copy()
    row = page.rows[head(page)]
    c = rng.choice([c for c in wanted(page) if row[c]])
    at = rng.randrange(2)
    row[c] = str(row[c])[:at] + rng.choice("囗曰王") + str(row[c])[at + 1 :]
    return xlsx(page)


@mutation(ERROR)
def heads_exchanged_over_their_columns(page, rng):
    page = page.copy()
    top = head(page)
    scopes = [r for r in range(top, first(page)) if "市辖区" in str(page.rows[r][3])]
    if scopes and page.rows[scopes[0]][2] and "比重" not in page.rows[top][2]:
        row, a, b = page.rows[scopes[0]], 2, 3  # 全市 and 市辖区
    else:
        row = page.rows[top]
        named = [c for c in wanted(page) if row[c]]
        a, b = named[0], named[-1]
    row[a], row[b] = row[b], row[a]
    return xlsx(page)


@mutation(ERROR)
def a_city_twice(page, rng):
    page = page.copy()
    at = city_row(page, rng)
    twin = list(page.rows[at])
    if rng.random() < 0.5:
        twin[2] = "7" + str(twin[2])
    page.rows.insert(at + 1, twin)
    return xlsx(page)


@mutation(ERROR)
def unit_changed_in_one_language(page, rng):
    page = page.copy()
    for row in page.rows[: first(page)]:
        row[:] = [
            str(cell).replace("万元", "百万元").replace("万人", "千人").replace("亿元", "万元")
            .replace("％", "万人").replace("(%)", "(万人)")
            for cell in row
        ]  # fmt: skip
    return xlsx(page)


@mutation(ERROR)
def unit_changed_in_both_languages(page, rng):
    page = page.copy()
    pairs = [("万元", "亿元"), ("10 000 yuan", "100 million yuan"), ("亿元", "元"),
             ("100 000 000 yuan", "yuan"), ("万人", "人"), ("10 000 persons", "person"),
             ("单位：％", "单位：比例")]  # fmt: skip
    for row in page.rows[: first(page)]:
        for c, cell in enumerate(row):
            for old, new in pairs:
                if old in str(cell):
                    row[c] = str(cell).replace(old, new)
                    for o, n in pairs:
                        if o.isascii() and o in row[c] and old.isascii() is False:
                            row[c] = row[c].replace(o, n)
                            break
                    break
    return xlsx(page)


@mutation(ERROR)
def unit_nobody_knows(page, rng):
    page = page.copy()
    for row in page.rows[: first(page)]:
        row[:] = [
            str(cell).replace("万元", "万石").replace("万人", "万口").replace("亿元", "亿石")
            .replace("％", "成")
            for cell in row
        ]  # fmt: skip
    return xlsx(page)


@mutation(ERROR)
def cells_merged_among_the_values(page, rng):
    page = page.copy()
    column = get_column_letter(rng.choice(wanted(page)) + 1)
    row = first(page) + 4
    page.merges.append(f"{column}{row + 1}:{column}{row + 2}")
    return xlsx(page)


@mutation(ERROR)
def ocr_damage_in_a_value(page, rng):
    page = page.copy()
    row = page.rows[city_row(page, rng)]
    row[rng.choice(wanted(page))] = rng.choice(
        [
            "143)413",
            "2604G40",
            "135OOO",
            "l23",
            "1 23 4",
            "12,34",
            "1.2.3",
            "--5",
            "3,12",
            "５o",
            "~7",
        ]
    )
    return xlsx(page)


@mutation(ERROR)
def words_that_count_as_numbers_elsewhere(page, rng):
    page = page.copy()
    row = page.rows[city_row(page, rng)]
    row[rng.choice(wanted(page))] = rng.choice(
        ["nan", "inf", "-Infinity", "1e5", "0x1F", "1_000", "TRUE", "#REF!", "#N/A", "NULL", "½"]
    )
    return xlsx(page)


@mutation(ERROR)
def a_date_or_a_truth_value_for_a_number(page, rng):
    import datetime

    page = page.copy()
    row = page.rows[city_row(page, rng)]
    row[rng.choice(wanted(page))] = rng.choice([True, datetime.date(2017, 5, 1)])
    return xlsx(page)


@mutation(ERROR)
def a_name_nobody_knows(page, rng):
    page = page.copy()
    row = page.rows[city_row(page, rng)]
    row[0] = rng.choice(NAMES)
    return xlsx(page)


@mutation(ERROR)
def names_exchanged_within_a_province(page, rng):
    page = page.copy()
    a, b = (page.find(name)[0] for name in rng.choice([("石家庄", "唐山"), ("无锡", "苏州")]))
    page.rows[a][0], page.rows[b][0] = page.rows[b][0], page.rows[a][0]
    return xlsx(page)


@mutation(ERROR)
def columns_exchanged_in_a_continuation(page, rng):
    page = unmerged(page)
    at = first(page) + 12
    again = [list(row) for row in page.rows[head(page) : first(page)]]
    line = next(row for row in again if row[2] and row[3]) if again[-1][3] else again[0]
    line[2], line[3] = line[3], line[2]
    page.rows[at:at] = again
    return xlsx(page)


@mutation(ERROR)
def a_name_lost(page, rng):
    page = page.copy()
    page.rows[city_row(page, rng)][0] = ""
    return xlsx(page)


@mutation(ERROR)
def names_shifted_by_one_row(page, rng):
    page = page.copy()
    start = first(page)
    names = [row[0] for row in page.rows[start:]]
    for row, name in zip(page.rows[start:], ["", *names[:-1]], strict=True):
        row[0] = name
    return xlsx(page)


@mutation(ERROR)
def formulas_never_calculated(page, rng):
    page = page.copy()
    row = page.rows[city_row(page, rng)]
    row[rng.choice(wanted(page))] = rng.choice(["=1+1", '=HYPERLINK("http://x","y")', "=A1"])
    return xlsx(page)


@mutation(ERROR)
def another_year_in_the_title(page, rng):
    page = page.copy()
    row, column = page.find("2-")
    page.rows[row][column] = f"中国{rng.choice([2016, 2018, 2020])}年地级以上城市数据 " + str(
        page.rows[row][column]
    )
    page.rows[row][0] = "" if column else page.rows[row][0]
    return xlsx(page)


@mutation(ERROR)
def another_title(page, rng):
    page = page.copy()
    row, column = page.find("2-")
    page.rows[row][column] = rng.choice(["2-9 地区生产总植(市辖区)", "2-9 财政收支", "附表"])
    return xlsx(page)


@mutation(ERROR)
def title_lost(page, rng):
    page = unmerged(page)
    page.rows = page.rows[head(page) :]
    return xlsx(page)


@mutation(ERROR)
def empty_sheet(page, rng):
    return xlsx(Page([], sheet=page.sheet)) if rng.random() < 0.5 else xlsx(page, Page([]))


@mutation(ERROR)
def city_head_lost(page, rng):
    page = page.copy()
    page.rows[head(page)][0] = rng.choice(["", "地区", "Region"])
    return xlsx(page)


@mutation(ERROR)
def sheet_hidden(page, rng):
    page = page.copy()
    page.hidden = True
    return xlsx(page, Page([["说明"]], sheet="x"))


@mutation(ERROR)
def the_same_table_again_in_a_second_sheet(page, rng):
    other = page.copy()
    other.sheet = "again"
    if rng.random() < 0.5:
        other.rows[city_row(page, rng)][2] = "1"
    return xlsx(page, other)


@mutation(ERROR)
def truncated(page, rng):
    data = rng.choice([xlsx, xls, encrypted_xls])(page)
    return data[: rng.randrange(1, int(len(data) * 0.9))]


@mutation(ERROR)
def wrong_password(page, rng):
    return encrypted_xls(page, password=rng.choice(["", "x", "velvetsweatshop"]))


@mutation(ERROR)
def zip_bomb(page, rng):
    return _with_sheet(
        xlsx(page),
        lambda xml: xml.replace(b"</sheetData>", b" " * 60_000_000 + b"</sheetData>"),
    )


@mutation(ERROR)
def a_cell_at_the_edge_of_the_sheet(page, rng):
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return _with_sheet(xlsx(page), lambda xml: xml.replace(b"</sheetData>", far))


@mutation(ERROR)
def no_workbook_at_all(page, rng):
    return rng.choice([b"", b"<html><table/></html>", rng.randbytes(500), b"PK\x03\x04", b"%PDF-1"])


@mutation(ERROR)
def ragged_text(page, rng):
    page = page.copy()
    row = page.rows[city_row(page, rng)]
    if rng.random() < 0.5:
        row.append("12")
    else:
        row.pop()
    return text(page)


# where either may follow, so long as nothing false comes out


@mutation(EITHER)
def bytes_flipped(page, rng):
    data = bytearray(rng.choice([xlsx, xls, encrypted_xls])(page))
    for _ in range(rng.randint(1, 20)):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


@mutation(EITHER)
def province_row_lost(page, rng):
    page = page.copy()
    del page.rows[page.find("辽宁省")[0]]
    return xlsx(page)


@mutation(EITHER)
def decoded_as_another_encoding(page, rng):
    return text(page, "gb18030").decode("latin-1").encode("utf-8")


def _with_sheet(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
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
