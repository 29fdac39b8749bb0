"""What a person decides where a row to paste leaves it open, page by page."""

from __future__ import annotations

import csv
import io

from oib_pipeline.contract.errors import Problem
from oib_pipeline.extract.layouts.layout import COLUMNS

VALUE_ADDED = {"第一产业": "primary_va_mcny", "第二产业": "secondary_va_mcny",
               "第三产业": "tertiary_va_mcny"}  # fmt: skip
EMPLOYED = {key: name.replace("va_mcny", "employment_k") for key, name in VALUE_ADDED.items()}
SHARES = {key: name.replace("va_mcny", "share_pct") for key, name in VALUE_ADDED.items()}
EMPLOYED_SHARES = {k: name.replace("va_mcny", "employment_pct") for k, name in VALUE_ADDED.items()}


def below(head: str, meanings: dict[str, str]) -> dict[str, str]:
    return {f"{head}/{key}": name for key, name in meanings.items()}


# header -> variable, with a scope and a unit where the header says none; by page where they differ
MEANINGS: dict[str, str] = {
    "人均地区/生产总值": "gdp_per_capita_cny",
    "全市地区生产总值": "gdp_mcny whole_city",
    "市辖区地区生产总值": "gdp_mcny districts",
    "全市人均地区生产总值": "gdp_per_capita_cny whole_city",
    "市辖区人均地区生产总值": "gdp_per_capita_cny districts",
    "人均地区生产总值-全市": "gdp_per_capita_cny whole_city",
    "人均地区生产总值-市辖区": "gdp_per_capita_cny districts",
    "地区生产总值": "gdp_mcny",
    "年末总人口": "population_registered_k",
    "第一产业(农、林、牧、渔业)": "primary_employment_k",
    "户籍人口": "population_registered_k",
    "工业企业数": "industrial_enterprises_n",
    "工业企业数/合计": "industrial_enterprises_n",
    "年末单位从业人员数/合计": "employment_k",
    "城市建设用地面积/小计": "construction_land_km2",
    "第二产业占gdp比重": "secondary_share_pct",
    "出让面积": "land_granted_ha",
    "招拍挂出让/面积": "land_granted_market_ha",
    **below("年末单位从业人员数", EMPLOYED),
    **below("单位从业人员构成", EMPLOYED_SHARES),
}
OF_A_PAGE: dict[str, dict[str, str]] = {
    "employment_units": EMPLOYED,
    "employment_by_industry": EMPLOYED,
    "persons_in_two_blocks_side_by_side": EMPLOYED,
    "edition_of_2014_employed_by_industry_of_the_districts": EMPLOYED,
    "nested_headers": SHARES,
    "shares_below_one_head_and_both_names_below_another": below("地区生产总值", SHARES),
    "sectors_marked_as_parts_of_the_whole": {
        f"地区生产总值/#{key}": name for key, name in VALUE_ADDED.items()
    },
    "edition_of_1996_domestic_product": VALUE_ADDED,
    "provincial_yearbook": VALUE_ADDED | {"人均地区生产总值": "gdp_per_capita_cny"},
}
SCOPES = {"urban_construction_yearbook": "districts", "provincial_yearbook": "whole_city",
          "land_granted_in_hectares_by_way": "whole_city"}  # fmt: skip
UNITS = {"edition_of_1996_domestic_product": "万元"}
UNWANTED = {
    "#居住用地面积", "市区建设用地占市区面积比重", "工业企业数/内资企业", "工业企业数/外商投资企业",
    "其中:非农业人口", "采矿业", "城市建设用地面积/居住用地", "宗地数(宗)", "招拍挂出让/宗地数(宗)",
    "城市建设用地面积/公共管理与公共服务用地",
}  # fmt: skip
CODES = {"吉林": "220200", "长春": "220100"}
WORDS = {"地级市": "whole_city"}


def decided(page: str, problem: Problem, table: str, row: str) -> str:
    """A row of a problem's advice, with what it leaves open as someone who knows the page says.

    Of several variables the one that is right must be among those which the advice names.
    """
    columns = COLUMNS[table].split()
    given = next(csv.reader([row]))
    cells = dict(zip(columns, given + [""] * (len(columns) - len(given)), strict=True))
    if table == "headers":
        _header(page, problem, cells)
    elif table == "tables":
        cells["reason"] = cells["reason"] or "the edition has no more"
        cells["scope"] = cells["scope"] or "both"
        cells["action"] = cells["action"] or "read"
    elif table == "rows":
        cells["reason"] = cells["reason"] or "no city"
        if cells["action"] == "city":
            assert not cells["city_code"] and CODES[cells["label"]] in problem.text()
            cells["city_code"] = CODES[cells["label"]]
    elif table == "scopes":
        cells["scope"] = WORDS[cells["printed"]]
    elif table == "labels":
        cells["role"] = "city"
    elif table in {"cells", "missing"}:
        assert not cells["reason" if table == "cells" else "note"]
        cells["reason" if table == "cells" else "note"] = "as the page says"
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([cells[column] for column in columns])
    return out.getvalue()


def _header(page: str, problem: Problem, cells: dict[str, str]) -> None:
    if cells["header"] in UNWANTED:
        assert not cells["variable"]
        cells["note"] = "no variable of the contract"
        return
    meanings = MEANINGS | OF_A_PAGE.get(page, {})
    variable, _, scope = meanings[cells["header"]].partition(" ")
    if "no scope" in problem.found:
        scope = SCOPES[page]
    elif "unit" in problem.found.split(" for ")[0]:
        cells["unit"] = UNITS[page]
    else:
        assert not any(cells[column] for column in ("variable", "scope", "unit", "note"))
        assert f"{variable} {scope}".strip() + ": " in problem.todo, problem.todo
    cells["variable"], cells["scope"] = variable, cells["scope"] or scope
