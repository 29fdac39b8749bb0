"""Every row that an inspection writes out, pasted as it stands: nothing is read wrong, ever.

A row leaves open what only a person can say, and the loader of its table refuses it so; a row that
is whole is no guess. What loads after all of them is the truth of the page, or nothing does.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from extract_builders import MANIFESTS, REAL, ROOT, Page, contract_values, make_release, xlsx
from extract_pages import CITIES, cnki_gdp, gdp, pair_gdp, per_head

from oib_pipeline.contract.errors import OibError, Problem, SourceError
from oib_pipeline.contract.manifest import Release, read_release
from oib_pipeline.contract.variables import factor, variables
from oib_pipeline.extract.layouts.layout import COLUMNS, FOLDER, OPTIONAL, load_layout
from oib_pipeline.extract.release import extract_release
from oib_pipeline.extract.workbook.grid import address
from oib_pipeline.extract.workbook.reader import each_grid
from oib_pipeline.registry.registry import COLUMNS as REGISTRY
from oib_pipeline.registry.registry import load_registry

CASES = REAL.parent / "cases" / "files"
ROUNDS = 6
YEARS = (2015, 2016, 2017)
FIELDS = {name: columns.split() for name, columns in (*COLUMNS.items(), *REGISTRY.items())}
Key = tuple[str, int, str, str]
Truth = dict[Key, float]


class Tables:
    """Copies of the layout tables and the registry, to which rows are added."""

    def __init__(self, folder: Path) -> None:
        self.layouts = Path(shutil.copytree(FOLDER, folder / "layouts"))
        self.registry = Path(shutil.copytree(ROOT / "data" / "registry", folder / "registry"))

    def path(self, table: str) -> Path:
        home = self.layouts if table in COLUMNS else self.registry
        return home / f"{table}.csv"

    def paste(self, table: str, row: str, series: str) -> str:
        """Add a row as it stands; the complaint of its loader, if any, and it is out again."""
        path = self.path(table)
        before = path.read_text(encoding="utf-8")
        begun = before if before.endswith("\n") else before + "\n"
        path.write_text(begun + row + "\n", encoding="utf-8")
        try:
            load_layout(series, self.layouts)
            load_registry(self.registry)
        except OibError as error:
            path.write_text(before, encoding="utf-8")
            assert f"{path}, line {begun.count(chr(10)) + 1}" in str(error)
            return str(error)
        return ""


def proposed(problem: Problem) -> list[tuple[str, str]]:
    """Table and row of every row that a problem writes out."""
    tables = [(m.start(), m[1]) for m in re.finditer(r"(\w+)\.csv", problem.todo)]
    found, at = [], 0
    for index, text in enumerate(problem.todo.split("`")):
        at += len(text) + 1
        if index % 2 and "," in text:
            count = len(next(csv.reader([text])))
            fits = [(place, table) for place, table in tables if count in _lengths(table)]
            assert fits, f"a row of no table that is named: {problem.todo}"
            after = [table for place, table in fits if place > at]
            found.append((after[0] if after else fits[-1][1], text))
    return found


def _lengths(table: str) -> range:
    whole = len(FIELDS.get(table, ()))
    return range(whole - len(OPTIONAL.get(table, ())), whole + 1)


def values_of(release: Release, tables: Tables) -> tuple[Truth, list[Problem]]:
    """What a release loads, in contract units; nothing, and its problems, where it is refused."""
    try:
        found = extract_release(release, load_registry(tables.registry), tables.layouts)
    except SourceError as error:
        return {}, error.problems
    return contract_values(found), []


def paste_all(release: Release, tables: Tables) -> tuple[Truth, dict[str, str]]:
    """What loads once every row was pasted that any round proposed; the rows that were refused."""
    refused: dict[str, str] = {}
    taken: set[str] = set()
    for _ in range(ROUNDS):
        values, problems = values_of(release, tables)
        rows = dict.fromkeys(row for problem in problems for row in proposed(problem))
        new = [(t, row) for t, row in rows if row not in refused and row not in taken]
        for table, row in new:
            if message := tables.paste(table, row, release.series):
                refused[row] = message
            else:
                taken.add(row)
        if not new:
            return values, refused
    raise AssertionError(f"no end of rows after {ROUNDS} rounds: {new}")


def no_wrong_cell(values: Truth, truth: Truth) -> None:
    wrong = {
        key: (value, truth.get(key))
        for key, value in values.items()
        if key not in truth or abs(value - truth[key]) > 1e-9 * abs(truth[key])
    }
    assert not wrong


# --- workbooks as people hold them, each with the truth of its cities --------------------------

TEN = CITIES[2:12]
PROVINCES = ["北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏",
             "浙江", "安徽", "福建", "江西", "山东"]  # fmt: skip
COUNTIES = ["大理市", "恩施市", "吉首市", "喀什市", "昌吉市", "昆山市", "朝阳县", "邢台县"]
HEAD = ["常住人口(万人)", "行政区域土地面积(平方公里)", "人口密度(人/平方公里)"]
DECLARED = {"series": "compiled_panel", "edition": 2017, "years": (2015, 2017)}


def people(index: int, year: int) -> float:
    return 300 + 10 * index + year - 2015


def panel(names: list[str], by_year: bool = False, head: str = "城市", codes=None) -> Page:
    """Population and land of places, one row a place and year."""
    pairs = [(i, y) for i in range(len(names)) for y in YEARS]
    rows = [
        [year, names[i], *([codes[i]] if codes else []), people(i, year), 5000 + 10 * i, None]
        for i, year in (sorted(pairs, key=lambda pair: pair[1]) if by_year else pairs)
    ]
    return Page([["年份", head, *(["城市代码"] if codes else []), *HEAD], *rows])


def truth_of(codes: list[str]) -> Truth:
    """What ``panel`` holds of cities, a blank code for a place that is none."""
    return {
        (code, year, "whole_city", variable): value
        for i, code in enumerate(codes)
        for year in YEARS
        for variable, value in (
            ("population_resident_k", people(i, year) * 10),
            ("area_km2", 5000 + 10 * i),
        )
        if code
    }


def cities_with(names: list[str]) -> tuple[list[str], list[str]]:
    """Ten cities and some names of places that are none, with the codes of the cities."""
    return [zh.strip() for zh, _, _ in TEN] + names, [c for _, _, c in TEN] + [""] * len(names)


Case = tuple[Page, Truth, dict]


def provinces(**form) -> Case:
    return panel(PROVINCES, **form), {}, DECLARED


def counties() -> Case:
    return panel(COUNTIES), {}, DECLARED


def counties_among_cities() -> Case:
    names, codes = cities_with(["大理市", "昆山市"])
    return panel(names), truth_of(codes), DECLARED


def misspelt(with_codes: bool) -> Case:
    names, codes = cities_with([])
    names[3], codes[3] = "徐洲市", "320300"
    return panel(names, codes=codes if with_codes else None), truth_of(codes), DECLARED


def named_as_a_province() -> Case:
    names, codes = cities_with(["吉林"])
    return panel(names), truth_of([*codes[:-1], "220200"]), DECLARED


def indices(unit: str) -> Case:
    """Nominal GDP beside an index, real GDP and a deflator."""
    head = ["年份", "城市", f"名义GDP{unit}", "GDP指数", f"实际GDP{unit}", "GDP平减指数"]
    rows = [
        [year, zh.strip(), gdp(code)[0] / 1e4 + year - 2015, 107.3, gdp(code)[0] / 9e3, 1.03]
        for zh, _, code in CITIES
        for year in YEARS
    ]
    truth = {
        (code, year, "whole_city", "gdp_mcny"): (gdp(code)[0] / 1e4 + year - 2015) * 100
        for _, _, code in CITIES
        for year in YEARS
    }
    return Page([head, *rows]), truth, DECLARED


def abolished() -> Case:
    """A balanced panel that goes on with the name of a city that is no more."""
    names, codes = cities_with(["莱芜市"])
    page = panel(names)
    for row in page.rows[-3:]:
        row[0] += 3
        row[2:] = [people(10, 2018), 5100, None] if row[0] == 2018 else [None, None, None]
    truth = truth_of(codes) | {
        ("371200", 2018, "whole_city", "population_resident_k"): people(10, 2018) * 10,
        ("371200", 2018, "whole_city", "area_km2"): 5100,
    }
    return page, truth, {**DECLARED, "edition": 2020, "years": (2015, 2020)}


def provincial_page(head: str = "市县", mark: str = "①") -> Case:
    """A provincial yearbook: the whole, each city with its districts and counties below it."""
    rows = [
        ["1-3 各市县常住人口和土地面积(2017年)", "", ""],
        [head, "常住人口(万人)", "行政区域土地面积(平方公里)"],
        ["全省", 5590, 105500],
        ["杭州市", 918.8, 16596], ["  市区", 700.1, 4876], ["  桐庐县", 41.2, 1825],
        ["  建德市", 44, 2364],
        ["宁波市", 787.5, 9816], ["  市区", 420.3, 3730], ["  慈溪市", 152.1, 1361],
        [f"温州市{mark}", 917.5, 12083], ["  市区", 300.2, 1311], ["  瑞安市*", 142, 1271],
        ["注：①含乐清。*号为县级市。", "", ""],
    ]  # fmt: skip
    printed = [("330100", 918.8, 16596, 700.1, 4876), ("330200", 787.5, 9816, 420.3, 3730),
               ("330300", 917.5, 12083, 300.2, 1311)]  # fmt: skip
    truth: Truth = {}
    for code, whole, land, inside, urban in printed:
        for scope, k, km2 in (("whole_city", whole, land), ("districts", inside, urban)):
            truth[code, 2017, scope, "population_resident_k"] = k * 10
            truth[code, 2017, scope, "area_km2"] = km2
    return Page(rows), truth, {**DECLARED, "years": (2017, 2017)}


def yearbook(change: Callable[[Page], object], page: Callable[[], Page] = cnki_gdp) -> Case:
    """A page of the yearbook with something spoilt."""
    spoilt = page()
    change(spoilt)
    scopes = ("districts",) if page is cnki_gdp else ("whole_city", "districts")
    truth = {
        (code, 2017, scope, variable): of(code)[scope == "districts"] * k
        for _, _, code in CITIES
        for scope in scopes
        for variable, of, k in (("gdp_mcny", gdp, 0.01), ("gdp_per_capita_cny", per_head, 1))
    }
    return spoilt, truth, {}


def put(find: str, old: str, new: str) -> Callable[[Page], None]:
    def change(page: Page) -> None:
        row, column = page.find(find)
        page.rows[row][column] = page.rows[row][column].replace(old, new)

    return change


BUILT: dict[str, Callable[[], Case]] = {
    "provinces sorted by province": provinces,
    "provinces sorted by year": lambda: provinces(by_year=True),
    "provinces under their own head": lambda: provinces(head="省份"),
    "counties": counties,
    "counties among cities": counties_among_cities,
    "a misspelt city": lambda: misspelt(False),
    "a misspelt city beside its code": lambda: misspelt(True),
    "a city named as its province": named_as_a_province,
    "nominal GDP without a unit beside its index": lambda: indices(""),
    "nominal GDP beside its index": lambda: indices("(亿元)"),
    "rows of an abolished city": abolished,
    "a provincial page": provincial_page,
    "a provincial page under an unknown head": lambda: provincial_page("各市、县"),
    "a provincial page with a mark of no note": lambda: provincial_page(mark="③"),
    "an unknown title": lambda: yearbook(put("2-9", "地区生产总值", "国民核算")),
    "a title of two tables": lambda: yearbook(put("2-9", "地区生产总值", "人口数 地区生产总值")),
    "an unknown head of cities": lambda: yearbook(
        lambda page: page.rows[2].__setitem__(slice(2), ["地 名", ""])
    ),
    "an unknown unit": lambda: yearbook(put("地区生产总值(当年价格)", "万元", "万圆")),
    "a header by other words": lambda: yearbook(put("人均地区", "人均地区生产总值", "人均产值")),
    "a header of constant prices": lambda: yearbook(put("当年价格", "当年价格", "不变价格")),
    "a header of an index": lambda: yearbook(put("当年价格", "(当年价格)", "指数")),
    "no scope in print": lambda: yearbook(
        lambda page: [put(text, text, "")(page) for text in ("(市辖区)", "(Districts under City)")]
    ),
    "a scope by other words": lambda: yearbook(
        put("市辖区      Districts", "市辖区      Districts under City", "城区部分"), pair_gdp
    ),
    "a mark in cells": lambda: yearbook(
        lambda page: [row.__setitem__(2, "…") for row in page.rows[8:12]]
    ),
    "a damaged value": lambda: yearbook(lambda page: page.rows[7].__setitem__(2, "2604G40")),
    "a misspelt province": lambda: yearbook(put("吉林省", "吉林省", "吉林者")),
    "a lost row of a province": lambda: yearbook(
        lambda page: page.rows.pop(page.find("吉林省")[0])
    ),
}


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    return Tables(tmp_path)


def release_of(name: str, folder: Path) -> tuple[Release, Truth]:
    page, truth, declared = BUILT[name]()
    folder = folder / ("compiled-2017" if declared else "ccsy-2018")
    return make_release(folder, {"a.xlsx": xlsx(page)}, **declared), truth


@pytest.mark.parametrize("name", list(BUILT))
def test_no_row_pasted_as_it_stands_reads_a_cell_wrong(name, tmp_path, tables):
    release, truth = release_of(name, tmp_path)
    _, problems = values_of(release, tables)
    values, refused = paste_all(release, tables)
    no_wrong_cell(values, truth)
    for row, message in refused.items():
        assert re.search(
            r"nothing under \w|(action|role|scope) ''|says of .* what line", message
        ), row
    if name in REFUSED:
        expected, count = REFUSED[name]
        assert not values
        assert len(problems) == count
        assert expected in problems[0].text()


# what the first inspection says of them, and in how many problems
REFUSED = {
    "provinces sorted by province": ("15 provinces (河北、", 1),
    "provinces sorted by year": ("15 provinces (河北、", 1),
    "provinces under their own head": ("names 15 provinces", 1),
    "counties": ("8 places of county level (大理市 of 大理白族自治州、", 1),
    "counties among cities": ("2 places of county level (大理市 of 大理白族自治州、昆山市", 1),
    "a misspelt city": ("`徐洲市,,ocr,,,` to data/registry/names.csv", 1),
    "a city named as its province": ("(吉林市 220200)", 1),
    "no scope in print": ("`ccsy,地区生产总值(当年价格),gdp_mcny,,,,地区生产总值`", 2),
    "a header of an index": ("`ccsy,地区生产总值指数,,,,`", 1),
}

# --- the same rows, with what a person who knows the page decides -------------------------------

PROVINCIAL = "compiled_panel,各市县常住人口和土地面积,read,both,,,,,"
NOT_WANTED = {"note": "no variable of the contract"}
READ = {"action": "read", "scope": "both"}
# the decision by the text that the row is about
DECISIONS: dict[str, dict[str, dict[str, str]]] = {
    "counties among cities": {"大理市": {"reason": "a county-level city"},
                              "昆山市": {"reason": "a county-level city"}},
    "a misspelt city": {"徐洲市": {"city_code": "320300", "source": "the page"}},
    "a misspelt city beside its code": {"徐洲市": {"source": "the page"}},
    "a city named as its province": {"吉林": {"city_code": "220200"}},
    "nominal GDP beside its index": {
        "名义gdp": {"variable": "gdp_mcny"},
        **dict.fromkeys(("gdp指数", "实际gdp", "gdp平减指数"), NOT_WANTED),
        "[名义gdp+gdp指数]": {"action": "read", "scope": "whole_city"},
    },
    "rows of an abolished city": {},
    "a provincial page": {"各市县常住人口和土地面积": READ},
    "a provincial page under an unknown head": {"各市、县": {"role": "city"},
                                                "各市县常住人口和土地面积": READ},
    "an unknown title": {"国民核算": READ},
    "an unknown head of cities": {"地名": {"role": "city"}},
    "an unknown unit": {"地区生产总值(当年价格)(万圆)": {"variable": "gdp_mcny"}},
    "a header by other words": {"人均产值": {"variable": "gdp_per_capita_cny"}},
    "a scope by other words": {"城区部分": {"scope": "districts"}},
    "a lost row of a province": {"吉林": {"city_code": "220200"}, "长春市": {"city_code": "220100"},
                                 "四平市": {"city_code": "220300"},
                                 "吉林市": {"city_code": "220200"}},
}  # fmt: skip
ABOUT = {"labels": "header", "headers": "header", "tables": "title", "rows": "label",
         "units": "printed", "scopes": "printed", "names": "name"}  # fmt: skip


@pytest.mark.parametrize("name", list(DECISIONS))
def test_with_the_decision_of_a_person_the_truth_loads(name, tmp_path, tables):
    release, truth = release_of(name, tmp_path)
    due = dict(DECISIONS[name])
    for _ in range(ROUNDS):
        values, problems = values_of(release, tables)
        if not problems:
            break
        for table, row in dict.fromkeys(r for p in problems for r in proposed(p)):
            cells = dict(zip(FIELDS[table], next(csv.reader([row])), strict=False))
            about = cells[ABOUT[table]]
            if about not in due or not set(due[about]) <= set(FIELDS[table]):
                continue
            said = due.pop(about)
            assert not any(cells.get(column) for column in said), "filled in without being asked"
            line = [(cells | said).get(column, "") for column in FIELDS[table]]
            quoted = ",".join(f'"{cell}"' if "," in cell else cell for cell in line)
            assert tables.paste(table, quoted, release.series) == ""
    assert values == {key: float(f"{value:.9g}") for key, value in truth.items()}, problems


def test_a_code_is_filled_in_where_the_row_itself_prints_it(tmp_path, tables):
    release, _ = release_of("a misspelt city beside its code", tmp_path)
    _, problems = values_of(release, tables)
    assert next(row for p in problems for row in proposed(p)) == ("names", "徐洲市,320300,ocr,,,")


def notes(name: str, folder: Path, tables: Tables) -> str:
    """What is told of a page that loads, its title decided."""
    release, _ = release_of(name, folder)
    assert tables.paste("tables", PROVINCIAL, release.series) == ""
    found = extract_release(release, load_registry(tables.registry), tables.layouts).findings
    return "\n".join(found["found"])


def test_rows_without_any_value_are_told_in_one_line(tmp_path, tables):
    told = notes("rows of an abolished city", tmp_path, tables)
    assert told.count("莱芜市") == 1
    assert "2 rows without any value, of no city known then (莱芜市 in 2019-2020)" in told


def test_counties_and_marks_of_a_provincial_page_are_told(tmp_path, tables):
    told = notes("a provincial page", tmp_path, tables)
    assert "4 places of county level below their cities (桐庐县、建德市、慈溪市、瑞安市)" in told
    assert "marks of notes after 温州市①、瑞安市*" in told


def test_a_mark_that_no_note_explains_is_refused_as_printed(tmp_path, tables):
    release, _ = release_of("a provincial page with a mark of no note", tmp_path)
    tables.paste(
        "tables", "compiled_panel,各市县常住人口和土地面积,read,both,,,,,", "compiled_panel"
    )
    _, problems = values_of(release, tables)
    assert ["温州市③" in problem.found for problem in problems] == [True]
    assert not any(proposed(problem) for problem in problems)


def test_a_row_of_data_is_never_offered_as_a_head(tmp_path, tables):
    page, _, declared = provincial_page("各市、县")
    page.rows[1][0] = ""
    release = make_release(tmp_path / "compiled-2017", {"a.xlsx": xlsx(page)}, **declared)
    _, problems = values_of(release, tables)
    assert "全省" not in problems[0].todo


@pytest.mark.parametrize("by_year", [False, True])
def test_figures_of_provinces_among_cities_are_told_and_never_a_citys(by_year, tmp_path, tables):
    """吉林 the province, in the years after its first, was the city of that name."""
    names, codes = cities_with(["河北", "山西", "吉林"])
    page = panel(names, by_year=by_year)
    release = make_release(tmp_path / "compiled-2017", {"a.xlsx": xlsx(page)}, **DECLARED)
    found = extract_release(release, load_registry(tables.registry), tables.layouts)
    no_wrong_cell(contract_values(found), truth_of(codes))
    assert "220200" not in {key[0] for key in contract_values(found)} - set(codes)
    assert found.findings["found"].str.contains("figures in 9 rows of provinces").sum() == 1


# --- files of others: cases kept beside the repository, and genuine pages ------------------------

EXPECTED = sorted(path.parent.name for path in CASES.glob("*/expected.csv"))


def truth_of_case(folder: Path) -> Truth:
    """The expected cells of a case that are of the variables and cities of this project."""
    with (folder / "expected.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    found: Truth = {}
    for row in rows:
        code, _, districts = row["place"].partition(" ")
        k = factor(row["variable"], row["unit"]) if row["variable"] in variables() else None
        if k is not None:
            scope = "districts" if districts else "whole_city"
            found[code, int(row["year"]), scope, row["variable"]] = float(row["value"]) * k
    return found


@pytest.mark.parametrize("case", EXPECTED or [pytest.param("", marks=pytest.mark.skip)])
def test_no_row_pasted_for_a_case_reads_a_cell_wrong(case, tmp_path, tables):
    manifest = yaml.safe_load((CASES / case / "release.yml").read_text(encoding="utf-8"))
    data = {name: (CASES / case / name).read_bytes() for name in manifest["files"]}
    release = make_release(tmp_path / case, data, series=manifest["series"],
                           edition=manifest["edition"], years=manifest["data_years"])  # fmt: skip
    values, _ = paste_all(release, tables)
    truth = truth_of_case(CASES / case)
    told = {key[3] for key in truth}  # the expected cells are of some columns only
    no_wrong_cell({k: v for k, v in values.items() if not truth or k[3] in told}, truth)


CITY = ("徐州", "徐洲")
# a file, how many of its rows, and a header, a unit and a name as they come to be spoilt
GENUINE = {
    "ccsy-2018": ("GRP per capita.xls", 352, ("人均地区", "每人地区"), ("万元", "万圆"), CITY),
    "ccsy-2021": ("2021-2-7.xlsx", 330, ("人均地区", "每人地区"), ("亿元", "亿圆"), CITY),
    "ccsy-2024": ("2-6_地区生产总值.xlsx", 331, ("人均地区", "每人地区"), ("亿元", "亿圆"), CITY),
    "csmar-2024": ("CRE_Gdpct.xlsx", 3000, ("国内生产", "国内总产"), ("亿元", "亿圆"), CITY),
    "compiled-2013": (
        "city_indicators_1997_2013.csv", 5000, ("人均地区", "每人地区"), ("万人", "万入"), CITY
    ),
    "compiled-2024": (
        "2000-2023地级市产业结构 .xlsx", 3000, ("第一产业占", "第一部门占"), ("亿元", "亿圆"), CITY
    ),
}  # fmt: skip


@pytest.mark.parametrize("folder", list(GENUINE))
def test_no_row_pasted_for_a_spoilt_genuine_page_reads_a_cell_wrong(folder, real, tmp_path, tables):
    file, count, *spoilt = GENUINE[folder]
    declared = read_release(real / folder, MANIFESTS / f"{folder}.yml")
    grid = max(each_grid(real / folder / file, folder), key=lambda grid: len(grid.cells))
    rows = [list(row) for row in grid.cells[:count]]
    merges = [
        f"{address(top, left)}:{address(bottom, right)}" for top, left, bottom, right in grid.merges
    ]
    about = {"series": declared.series, "edition": declared.edition, "years": declared.data_years}
    whole = make_release(tmp_path / "whole" / folder, {f"{Path(file).stem}.xlsx": xlsx(
        Page(rows, merges))}, **about)  # fmt: skip
    truth, problems = values_of(whole, tables)
    assert truth, problems
    for index, row in enumerate(rows):
        for old, new in spoilt if index < 8 else [CITY]:
            row[:] = [v.replace(old, new) if isinstance(v, str) else v for v in row]
    release = make_release(tmp_path / folder, {f"{Path(file).stem}.xlsx": xlsx(
        Page(rows, merges))}, **about)  # fmt: skip
    assert values_of(release, tables)[1]
    values, _ = paste_all(release, tables)
    no_wrong_cell(values, truth)
