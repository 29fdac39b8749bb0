"""Scopes that stand in rows, in the five ways a page may print them, give the values of both."""

from __future__ import annotations

import pytest
from extract_builders import Page, contract_values, extract, xlsx
from extract_pages import PLACES, gdp, per_head, whole

from oib_pipeline.contract.errors import SourceError

HEAD = ["地区生产总值(万元)", "人均地区生产总值(元)"]


def values(code: str, which: int) -> list[str]:
    return [whole(gdp(code)[which]), whole(per_head(code)[which])]


def two_rows(zh: str, code: str) -> list[list]:
    if not code:
        return [[zh, "", ""]]
    both = [["  全市 Total City", *values(code, 0)], ["  市辖区 Districts", *values(code, 1)]]
    return [[zh, "", ""], *both]


def row_beneath(zh: str, code: str) -> list[list]:
    if not code:
        return [[zh, "", ""]]
    return [[zh, *values(code, 0)], ["其中:市辖区", *values(code, 1)]]


def in_the_name(zh: str, code: str) -> list[list]:
    if not code:
        return [[zh, "", ""]]
    return [[f"{zh}(全市)", *values(code, 0)], [f"{zh}（市辖区）", *values(code, 1)]]


def joined_to_the_name(zh: str, code: str) -> list[list]:
    if not code:
        return [[zh, "", ""]]
    return [[zh, *values(code, 0)], [f"{zh.removesuffix('市')}市辖区", *values(code, 1)]]


def column_of_its_own(zh: str, code: str) -> list[list]:
    if not code:
        return [[zh, "", "", ""]]
    return [[zh, "全 市", *values(code, 0)], ["", "市辖区", *values(code, 1)]]


def name_in_each(zh: str, code: str) -> list[list]:
    if not code:
        return [[zh, "", "", ""]]
    return [[zh, "全市", *values(code, 0)], [zh, "市辖区", *values(code, 1)]]


WAYS = [two_rows, row_beneath, in_the_name, joined_to_the_name, column_of_its_own, name_in_each]


def page(way, head: list[str] | None = None, title: str = "2-9 地区生产总值") -> Page:
    rows = [row for zh, _, code in PLACES for row in way(zh, code)]
    width = len(rows[0])
    beside = [] if width == 3 else ["范围"]
    return Page([[title, *[""] * (width - 1)], ["城市", *beside, *(head or HEAD)], *rows])


def expected() -> dict[tuple, float]:
    found = {}
    for _, _, code in PLACES:
        for which, scope in enumerate(("whole_city", "districts")):
            if code:
                found[code, 2017, scope, "gdp_mcny"] = gdp(code)[which] / 100
                found[code, 2017, scope, "gdp_per_capita_cny"] = per_head(code)[which]
    return found


@pytest.mark.parametrize("way", WAYS)
def test_both_scopes_are_read(way, tmp_path, registry):
    read = extract(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(page(way))}, registry)
    assert contract_values(read) == pytest.approx(expected())


def test_city_cells_merged_over_their_two_rows(tmp_path, registry):
    one = page(column_of_its_own)
    pairs = [i for i, row in enumerate(one.rows) if row[0] and "全" in row[1]]
    one.merges = [f"A{i + 1}:A{i + 2}" for i in pairs]
    read = extract(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(one)}, registry)
    assert contract_values(read) == pytest.approx(expected())


def test_the_label_says_the_city_and_the_scope(tmp_path, registry):
    read = extract(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(page(two_rows))}, registry)
    seen = read.observations
    mine = seen[(seen["city_code"] == "320300") & (seen["scope"] == "districts")]
    assert set(mine["row_label"].astype(str)) == {"徐州市 市辖区 Districts"}


def without(one: Page, row: int) -> Page:
    del one.rows[row]
    return one


@pytest.mark.parametrize(
    ("spoilt", "says"),
    [
        (lambda: page(two_rows, title="2-9 地区生产总值(市辖区)"), "over rows that print a scope"),
        (lambda: page(two_rows, [f"{HEAD[0]}(全市)", HEAD[1]]), "over rows that print a scope"),
        (lambda: without(page(two_rows), page(two_rows).find("唐山")[0]), "a second time below"),
        (lambda: without(page(two_rows), 2), "without a city above it"),
        (lambda: without(page(two_rows), page(two_rows).find("石家庄")[0]), "below a province"),
        (lambda: without(page(two_rows), 2 + 1), ""),
    ],
)
def test_a_scope_in_doubt_is_refused_or_told(spoilt, says, tmp_path, registry):
    try:
        read = extract(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(spoilt())}, registry)
    except SourceError as error:
        assert says and says in str(error)
        assert "layouts/rows.csv" not in str(error)
    else:
        assert not says
        assert "北京市" in " ".join(read.findings["found"])


def test_values_beside_a_name_whose_scopes_have_rows_are_refused(tmp_path, registry):
    one = page(two_rows)
    row = one.find("唐山")[0]
    one.rows[row] = [one.rows[row][0], *values("130200", 0)]
    with pytest.raises(SourceError, match="without a scope"):
        extract(tmp_path / "ccsy-2018", {"a.xlsx": xlsx(one)}, registry)
