"""Files as people hold them: read right, or refused in one problem that says what the file is."""

from __future__ import annotations

import datetime
import gzip
import io
import zipfile

import pandas as pd
import pytest
from extract_builders import Page, contract_values, extract, make_release, xlsx

from oib_pipeline.contract.errors import SourceError
from oib_pipeline.extract.inspect import inspect_path
from oib_pipeline.extract.release import extract_release

CITIES = {"唐山市": 130200, "大同市": 140200, "大连市": 210200, "吉林市": 220200, "徐州市": 320300,
          "芜湖市": 340200}  # fmt: skip
HEAD = ["年份", "城市", "城市代码", "常住人口(万人)", "行政区域土地面积(平方公里)", "人口密度"]
YEARS = (2015, 2016, 2017)
PANEL = {"series": "compiled_panel", "edition": 2017, "years": (2015, 2017)}


def people(index: int, year: int) -> float:
    return 250 + 37.13 * index + 1.7 * (year - 2015)


def rows(year_as=lambda year: year, years=YEARS, number=lambda value: value) -> list[list]:
    return [
        [year_as(year), city, code, number(people(i, year)), 4000 + 731 * i, ""]
        for i, (city, code) in enumerate(CITIES.items())
        for year in years
    ]


def expected() -> dict:
    found = {}
    for i, code in enumerate(CITIES.values()):
        for year in YEARS:
            key = (str(code), year, "whole_city")
            found[*key, "population_resident_k"] = float(f"{people(i, year) * 10:.9g}")
            found[*key, "area_km2"] = float(4000 + 731 * i)
    return found


def refused(tmp_path, registry, name: str, data: bytes):
    """The one problem of a release of a file, extracted and inspected alike."""
    release = make_release(tmp_path / "panel", {name: data}, **PANEL)
    with pytest.raises(SourceError) as caught:
        extract_release(release, registry)
    (problem,) = caught.value.problems
    assert [p.text() for p in inspect_path(release.folder, registry).problems] == [problem.text()]
    return problem


@pytest.mark.parametrize(
    "year_as",
    [
        lambda year: datetime.date(year, 12, 31),
        lambda year: datetime.datetime(year, 12, 31),
        "{}-12-31".format,
        "{}/12/31".format,
    ],
)
def test_the_last_day_of_a_year_is_that_year_and_noted_once(tmp_path, registry, year_as):
    data = xlsx(Page([HEAD, *rows(year_as)]))
    read = extract(tmp_path / "panel", {"a.xlsx": data}, registry, **PANEL)
    assert contract_values(read) == expected()
    told = read.findings[read.findings["found"].str.contains("dates in the column of years")]
    assert list(told["cell"]) == ["A2"]
    assert told["found"].iloc[0].startswith("18 dates")


@pytest.mark.parametrize(
    "year_as",
    [
        lambda year: datetime.date(year, 1, 1),
        lambda year: datetime.date(1905, 7, 8),
        "{}-06-30".format,
    ],
)
def test_other_dates_are_one_problem_with_their_count(tmp_path, registry, year_as):
    problem = refused(tmp_path, registry, "a.xlsx", xlsx(Page([HEAD, *rows(year_as)])))
    assert problem.cell == "A2"
    assert problem.found.startswith("18 dates in the column of years")
    assert "=YEAR()" in problem.todo


def test_a_year_that_is_not_declared_is_one_problem_with_its_count(tmp_path, registry):
    data = xlsx(Page([HEAD, *rows(years=(2014, *YEARS))]))
    problem = refused(tmp_path, registry, "a.xlsx", data)
    assert (problem.cell, problem.found) == ("A2", "the data year '2014' in 6 rows")


def comma(digits: int):
    return lambda value: f"{value:.{digits}f}".replace(".", ",")


@pytest.mark.parametrize("digits", [1, 2, 3, 4])
def test_decimal_commas_between_semicolons_are_one_problem(tmp_path, registry, digits):
    lines = [HEAD, *rows(number=comma(digits))]
    data = "\n".join(";".join(map(str, line)) for line in lines).encode("utf-8-sig")
    problem = refused(tmp_path, registry, "a.csv", data)
    assert problem.found.startswith("18 numbers with a comma, '250,0")
    assert "in D2 the first" in problem.found
    assert "cells.csv" not in problem.todo


@pytest.mark.parametrize("digits", [1, 2])
def test_decimal_commas_in_a_workbook_are_one_problem(tmp_path, registry, digits):
    data = xlsx(Page([HEAD, *rows(number=comma(digits))]))
    problem = refused(tmp_path, registry, "a.xlsx", data)
    assert (problem.cell, "cells.csv" in problem.todo) == ("D2", False)
    assert problem.found.startswith("18 numbers with a comma")


def test_commas_that_part_thousands_between_semicolons_are_read(tmp_path, registry):
    lines = [HEAD, *rows()]
    for line in lines[1:]:
        line[3], line[4] = f"{line[3]:.4f}", f"{line[4]:,}"
    data = "\n".join(";".join(map(str, line)) for line in lines).encode()
    read = extract(tmp_path / "panel", {"a.csv": data}, registry, **PANEL)
    assert contract_values(read) == expected()


@pytest.mark.parametrize("named", ["{}", "{}年"])
def test_a_sheet_named_for_a_year_states_it(tmp_path, registry, named):
    pages = [
        Page([HEAD[1:], *(row[1:] for row in rows(years=(year,)))], sheet=named.format(year))
        for year in YEARS
    ]
    read = extract(tmp_path / "panel", {"a.xlsx": xlsx(*pages)}, registry, **PANEL)
    assert contract_values(read) == expected()
    assert read.findings["found"].str.contains("a table without a year in the sheet").sum() == 3


def test_a_sheet_named_for_a_year_that_is_not_declared_is_refused(tmp_path, registry):
    page = Page([HEAD[1:], *(row[1:] for row in rows(years=(2017,)))], sheet="2018年")
    problem = refused(tmp_path, registry, "a.xlsx", xlsx(page))
    assert problem.found == "the data year 2018"


def dta() -> bytes:
    out = io.BytesIO()
    frame = pd.DataFrame({"city": list(CITIES.values()), "gdp": 1.0})
    frame.to_stata(out, write_index=False, version=118)
    return out.getvalue()


def old_dta() -> bytes:
    out = io.BytesIO()
    pd.DataFrame({"city": [1], "gdp": 1.0}).to_stata(out, write_index=False, version=114)
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("panel.csv", "a,b\n1,2\n")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "kind", "todo"),
    [
        ("a.dta", dta(), "a Stata file (.dta)", "export delimited"),
        ("a.dta", old_dta(), "a Stata file (.dta)", "export delimited"),
        ("a.sav", b"$FL2@(#) SPSS DATA FILE" + bytes(99), "an SPSS file (.sav)", "value labels"),
        ("a.rds", b"X\n\0\0\0\3\0\4\3\2" + bytes(99), "an R file (.rds, .RData)", "write.csv"),
        ("a.rds", gzip.compress(b"X\n\0\0\0\3", mtime=0), "a file packed with gzip", "write.csv"),
        ("a.parquet", b"PAR1" + bytes(99), "a Parquet file", ".csv or .xlsx"),
        ("a.zip", zipped(), "a zip archive", "Unpack it"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table>", "a web page", "save it as .xlsx"),
    ],
)
def test_a_file_of_another_program_is_named_for_what_it_is(
    tmp_path, registry, name, data, kind, todo
):
    problem = refused(tmp_path, registry, name, data)
    assert problem.found.startswith(kind)
    assert todo in problem.todo
    assert "Fetch the file again" not in problem.todo


def test_a_western_encoding_is_named_and_none_of_it_read_as_chinese(tmp_path, registry):
    lines = ["Jahr;Schlüssel;Kreis;BIP", '2019;"03159";"Göttingen, Landkreis";9811203']
    lines += [f'2019;"0{k}";"Kreis Fürth {k}";{k}' for k in range(5560, 5570)]
    problem = refused(tmp_path, registry, "a.csv", "\n".join(lines).encode("cp1252"))
    assert "Western encoding" in problem.found
    assert "UTF-8" in problem.todo


def test_a_page_of_places_that_no_registry_knows_asks_for_no_row(tmp_path, registry):
    lines = ["Jahr;Kreis;BIP", *(f"2019;Kreis {k};{k}" for k in range(5560, 5570))]
    problem = refused(tmp_path, registry, "a.csv", "\n".join(lines).encode())
    assert "in a sheet without a city column" in problem.found
    assert "`" not in problem.todo
