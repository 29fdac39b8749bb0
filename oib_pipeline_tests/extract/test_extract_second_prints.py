"""Columns that print once more what others hold: a value unlike its twin is told."""

from __future__ import annotations

import pytest
from extract_builders import Page, extract, xlsx
from extract_pages import CITIES

from oib_pipeline.contract.errors import OibError
from oib_pipeline.extract.layouts.layout import FOLDER, read_layout_table

HEAD = ["年份", "城市", "城市代码", "行政区域土地面积(平方公里)", "常住人口（万人）",
        "插值_常住人口（万人）", "人口密度（人/平方公里）"]  # fmt: skip


def found(tmp_path, registry, change=lambda rows: None):
    body = []
    for n, (zh, _, code) in enumerate(CITIES):
        people, area = 300.25 + n, 5015 + 7 * n
        body.append([2017, zh.strip(), code, area, people, people, people * 1e4 / area])
    change(body)
    files = {"a.xlsx": xlsx(Page([HEAD, *body]))}
    read = extract(tmp_path / "compiled-2017", files, registry, series="compiled_panel")
    return [(row.cell, row.found) for row in read.findings.itertuples()]


def test_figures_that_agree_say_nothing(tmp_path, registry):
    assert found(tmp_path, registry) == []


def test_a_wrong_last_digit_is_told_with_both_cells(tmp_path, registry):
    def change(rows):
        rows[3][4] += 0.03

    told = dict(found(tmp_path, registry, change))
    assert set(told) == {"E5", "D5"}  # people beside the second print, and area beside the density
    assert "303.28" in told["E5"]
    assert "G5" in told["D5"]


def test_an_interpolated_figure_beside_a_missing_one_says_nothing(tmp_path, registry):
    def change(rows):
        rows[3][4] = ""

    assert found(tmp_path, registry, change) == []


def test_a_column_that_repeats_something_else_says_nothing_of_single_values(tmp_path, registry):
    def change(rows):
        for n, row in enumerate(rows):
            row[6] *= 1 + n / 10

    assert found(tmp_path, registry, change) == []


def test_a_row_that_repeats_what_the_contract_does_not_know_is_refused(tmp_path):
    text = (FOLDER / "headers.csv").read_text(encoding="utf-8")
    (tmp_path / "headers.csv").write_text(
        text + "ccsy,密度,,,,density,,,people/area_km2\n", "utf-8"
    )
    with pytest.raises(OibError, match="'people', which is no variable"):
        read_layout_table("headers", tmp_path)
