"""Writes a release in the layout of CSMAR exports, as large as wished, the same bytes of values."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from oib_pipeline.registry.nation import TABLE
from oib_pipeline_tests.benchmarks.measure import ROOT

FIRST_YEAR, YEARS_A_FILE = 1900, 10
UNITLESS = "没有单位"
# Field code, Chinese label, unit, and the range of the values; or a column of the registry.
KEYS = [
    ("Sgnyea", "年度标识", UNITLESS, "year"),
    ("Ctnm", "城市名称", UNITLESS, "name_zh"),
    ("Ctnm_id", "城市代码", UNITLESS, "city_code"),
    ("City_EN", "City_EN", UNITLESS, "name_en"),
    ("Cttyp", "城市类别", UNITLESS, "kind"),
    ("Prvcnm_id", "省份标识", UNITLESS, "province_code"),
    ("Prvcnm", "省份名称", UNITLESS, "province_zh"),
]
TABLES = {
    "CRE_Gdpct": [
        ("Gdpct01", "国内生产总值", "亿元", (3000, 5000)),
        ("Gdpct02", "第一产业占GDP比重(%)", UNITLESS, (1, 30)),
        ("Gdpct03", "第二产业占GDP比重(%)", UNITLESS, (30, 60)),
        ("Gdpct04", "第三产业占GDP比重(%)", UNITLESS, (20, 60)),
        ("GDP_PerCapita", "人均地区生产总值", "元", (5e3, 1e5)),
        ("GDPYoY", "地区生产总值同比", "%", (1, 15)),
        ("GDP_PrimInd", "第一产业生产总值", "万元", (1e5, 3e6)),
        ("GDP_SecInd", "第二产业生产总值", "万元", (3e5, 2e7)),
        ("GDP_TerInd", "第三产业生产总值", "万元", (3e5, 2e7)),
    ],
    "CRE_Eplwagct": [
        ("Eect01", "年末总人口", "万人", (50, 900)),
        ("Eect02", "年末非农业人口", "万人", (20, 400)),
        ("Eect03", "人口自然增长率(‰)", UNITLESS, (1, 15)),
        ("Eect04", "人口密度", "人/平方公里", (20, 900)),
        ("Eect05", "从业人员", "万人", (10, 400)),
        ("Eect06", "城镇个体劳动者", "万人", (1, 90)),
        ("Eect08", "第一产业从业人员比重(%)", UNITLESS, (1, 30)),
        ("Eect09", "第二产业从业人员比重(%)", UNITLESS, (20, 60)),
        ("Eect10", "第三产业从业人员比重(%)", UNITLESS, (20, 60)),
        ("Eect11", "全部职工年均人数", "万人", (5, 90)),
        ("Eect12", "全部职工工资总额", "万元", (1e4, 9e5)),
        ("Eect13", "职工平均工资", "元", (9e3, 9e4)),
    ],
    "URC_UrbPopConLandCY": [
        ("UrbanDistArea", "市区面积", "平方公里", (400, 4000)),
        ("UrbanDistPop", "市区人口", "万人", (30, 400)),
        ("UrbanDistTempPop", "市区暂住人口", "万人", (1, 40)),
        ("UrbanArea", "城区面积", "平方公里", (200, 2000)),
        ("UrbanPop", "城区人口", "万人", (20, 300)),
        ("UrbanTempPop", "城区暂住人口", "万人", (1, 40)),
        ("BuiltDistrictArea", "建成区面积", "平方公里", (20, 300)),
        ("UrbanConLandArea", "城市建设用地面积", "平方公里", (20, 300)),
        ("ResidentialLand", "其中：居住用地", "平方公里", (5, 90)),
        ("AdmPubSerLand", "其中：公共管理与公共服务用地", "平方公里", (5, 90)),
        ("ComBusFacLand", "其中：商业服务业设施用地", "平方公里", (5, 90)),
        ("IndustrialLand", "其中：工业用地", "平方公里", (5, 90)),
        ("LogWarLand", "其中：物流仓储用地", "平方公里", (1, 30)),
        ("RoadStrTranLand", "其中：道路交通设施用地", "平方公里", (1, 30)),
        ("MunUtilLand", "其中：公用设施用地", "平方公里", (1, 30)),
        ("GreenSpaceSquLand", "其中：绿地与广场用地", "平方公里", (1, 30)),
        ("AreaReqLand", "本年征用土地面积", "平方公里", (1, 30)),
        ("ArableLand", "其中：耕地", "平方公里", (1, 30)),
    ],
}  # fmt: skip
MONEY = {"Gdpct01", "GDP_PerCapita", "GDP_PrimInd", "GDP_SecInd", "GDP_TerInd"}
AS_TEXT = {"CRE_Eplwagct"}


def write_release(folder: Path, periods: int) -> int:
    """Write ten years of every city a period and table, and return the number of cells.

    ``periods`` up to 20. One table holds its numbers as text, as publishers do.
    """
    rng = np.random.default_rng(11)
    files = {
        f"{table} {first}.xlsx": ([(table, columns)], _rows(first, YEARS_A_FILE))
        for first in range(FIRST_YEAR, FIRST_YEAR + periods * YEARS_A_FILE, YEARS_A_FILE)
        for table, columns in TABLES.items()
    }
    return _write_all(folder, files, periods, rng)


def write_one_file(folder: Path, periods: int) -> int:
    """Write the same years and tables into the sheets of one file; its number of cells."""
    years = periods * YEARS_A_FILE
    files = {"all.xlsx": (list(TABLES.items()), _rows(FIRST_YEAR, years))}
    return _write_all(folder, files, periods, np.random.default_rng(11))


def _write_all(folder: Path, files: dict, periods: int, rng: np.random.Generator) -> int:
    folder.mkdir(parents=True)
    cells, sums = 0, {}
    for name, (tables, rows) in files.items():
        cells += _write(folder / name, tables, rows, rng)
        sums[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    last = FIRST_YEAR + periods * YEARS_A_FILE - 1
    manifest = _manifest(folder.name, last, sums)
    (folder / "release.yml").write_text(yaml.safe_dump(manifest, allow_unicode=True))
    return cells


def _rows(first: int, years: int) -> pd.DataFrame:
    """Cities whose name and code hold in every year, once a year."""
    cities = pd.read_csv(ROOT / "data" / "registry" / "cities.csv", dtype=str)
    cities = cities[cities["first_year"].isna() & cities["last_year"].isna()]
    return pd.concat([cities.assign(year=str(first + k)) for k in range(years)])


def _write(path: Path, tables: list, rows: pd.DataFrame, rng: np.random.Generator) -> int:
    """A workbook with a sheet a table."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    cells = 0
    for table, columns in tables:
        sheet = book.create_sheet("sheet1" if len(tables) == 1 else table)
        heads = [*KEYS, *columns]
        for line in range(3):
            sheet.append([head[line] for head in heads])
        values = [
            rows[source].tolist()
            if isinstance(source, str)
            else (rng.uniform(*source, len(rows)) * _growth(rows, code)).round(2).tolist()
            for code, *_, source in heads
        ]
        if table in AS_TEXT:
            values = [[str(value) for value in column] for column in values]
        for row in zip(*values, strict=True):
            sheet.append(row)
        cells += (len(rows) + 3) * len(heads)
    book.save(path)
    return cells


def _growth(rows: pd.DataFrame, code: str) -> np.ndarray:
    """Money of each row's year (rows,) relative to 2010, as the nation's; 1 for all else."""
    if code not in MONEY:
        return np.ones(len(rows))
    nation = pd.read_csv(TABLE, index_col="year")
    years = rows["year"].astype(int).clip(nation.index.min(), nation.index.max())
    return (nation["gdp_mcny"].loc[years] / nation["gdp_mcny"].loc[2010]).to_numpy()


def _manifest(name: str, last: int, files: dict[str, str]) -> dict:
    return {
        "release": name,
        "publisher": "the benchmark",
        "series": "csmar",
        "edition": last,
        "data_years": [FIRST_YEAR, last],
        "licence": "none",
        "source": "random numbers",
        "retrieved": "2026-01-01",
        "synthetic": True,
        "files": files,
    }
