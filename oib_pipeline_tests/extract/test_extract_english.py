"""Pages in English alone load, and a name that two cities bear never takes the wrong place."""

from __future__ import annotations

import pytest
from extract_builders import Page, contract_values, extract, xlsx
from extract_pages import PLACES, gdp, per_head, whole

from oib_pipeline.contract.errors import SourceError

TITLE = "2-9 Gross Regional Product (Total City)"
HEAD = ["City", "Gross Regional Product (100 million yuan)", "Per Capita GRP (yuan)"]


def values(code: str) -> list:
    return [gdp(code)[0] / 1e4, whole(per_head(code)[0])] if code else ["", ""]


def page(places: list[tuple[str, str]]) -> Page:
    rows = [[english, *values(code)] for english, code in places]
    return Page([[TITLE, "", ""], ["", "", ""], HEAD, *rows])


ALL = [(english, code) for _, english, code in PLACES]
TWICE = [
    ("Jiangsu", ""), ("Nanjing", "320100"), ("Suzhou", "320500"), ("Taizhou", "321200"),
    ("Zhejiang Province", ""), ("Hangzhou", "330100"), ("Taizhou", "331000"),
    ("Anhui", ""), ("Hefei", "340100"), ("Suzhou", "341300"),
    ("Fujian", ""), ("Fuzhou", "350100"), ("Jiangxi", ""), ("Yichun", "360900"),
    ("Fuzhou", "361000"), ("Heilongjiang", ""), ("Yichun", "230700"),
    ("Shaanxi", ""), ("Xi’an", "610100"), ("Yulin", "610800"),
]  # fmt: skip


def read(tmp_path, registry, places):
    return extract(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(page(places))}, registry)


@pytest.mark.parametrize("places", [ALL, TWICE])
def test_every_city_gets_its_own_value(places, tmp_path, registry):
    seen = contract_values(read(tmp_path, registry, places))
    mine = {key[0]: value for key, value in seen.items() if key[3] == "gdp_mcny"}
    assert mine == pytest.approx({code: gdp(code)[0] / 100 for _, code in places if code})


@pytest.mark.parametrize("name", ["Suzhou", "Taizhou", "Yichun", "Fuzhou", "Yulin"])
def test_a_name_of_two_cities_is_refused_where_no_province_tells(name, tmp_path, registry):
    places = [("Nanjing", "320100"), ("Hangzhou", "330100"), ("Hefei", "340100"), (name, "320500")]
    with pytest.raises(SourceError, match=r"a name that tells .* or ") as error:
        read(tmp_path, registry, places)
    assert "names.csv" not in str(error.value)


@pytest.mark.parametrize("lost", ["Zhejiang Province", "Anhui", "Fujian", "Jiangxi"])
def test_a_lost_row_of_a_province_never_moves_a_value(lost, tmp_path, registry):
    with pytest.raises(SourceError):
        read(tmp_path, registry, [pair for pair in TWICE if pair[0] != lost])


def test_a_spelling_of_its_own_is_a_row_of_names(tmp_path, registry):
    places = [("Hebei", ""), ("Shijazhuang", "130100"), ("Tangshan", "130200"),
              ("Handan", "130400"), ("Baoding", "130600")]  # fmt: skip
    with pytest.raises(SourceError) as error:
        read(tmp_path, registry, places)
    assert "nearest: 石家庄市 130100" in str(error.value)
    assert "`shijazhuang,,english,,,` to data/registry/names.csv" in str(error.value)


def test_a_province_spelt_otherwise_is_a_row_of_rows(tmp_path, registry):
    places = [("Hebey", ""), ("Shijiazhuang", "130100"), ("Tangshan", "130200"),
              ("Handan", "130400")]  # fmt: skip
    with pytest.raises(SourceError) as error:
        read(tmp_path, registry, places)
    assert "河北省 130000" in str(error.value)
    assert "`ccsy,exact,hebey,,province,,` to layouts/rows.csv" in str(error.value)
