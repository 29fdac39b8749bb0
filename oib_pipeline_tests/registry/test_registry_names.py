"""Names resolve to the city they meant in that year, and to nothing else."""

import shutil
from pathlib import Path

import pytest

from oib_pipeline.contract.errors import OibError
from oib_pipeline.registry.registry import Registry, load_registry

DATA = Path(__file__).parents[2] / "data" / "registry"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(DATA)


@pytest.mark.parametrize(
    ("name", "year", "province", "code"),
    [
        ("徐州市", 2015, None, "320300"),
        ("  徐　州 市", 2015, None, "320300"),
        ("徐州", 2015, None, "320300"),
        ("襄樊市", 2010, None, "420600"),
        ("襄樊市", 2012, None, None),
        ("襄阳市", 2009, None, "420600"),
        ("巢湖市", 2010, None, "341400"),
        ("巢湖市", 2013, None, None),
        ("莱芜市", 2018, None, "371200"),
        ("莱芜市", 2019, None, None),
        ("毫州市", 2016, None, "341600"),
        ("吉林市", 2015, None, "220200"),
        ("吉林", 2015, None, None),
        ("吉林", 2015, "220000", "220200"),
        ("北京", 2015, None, "110000"),
        ("徐州市", 2015, "430000", None),
        ("不存在市", 2015, None, None),
    ],
)
def test_a_name_resolves_by_year_and_province(
    registry: Registry, name: str, year: int, province: str | None, code: str | None
) -> None:
    assert registry.resolve(name, year, province) == code


def test_a_province_is_known_by_its_long_and_short_name(registry: Registry) -> None:
    assert registry.province_code("吉林省") == registry.province_code("吉林") == "220000"
    assert registry.province_code("内蒙古") == "150000"
    assert registry.province_code("徐州市") is None


def test_an_unknown_name_has_suggestions(registry: Registry) -> None:
    assert registry.nearest("石家座市")[0] == "石家庄市"


def test_no_spelling_means_two_cities_in_one_year(registry: Registry) -> None:
    for name in registry.cities["name_zh"]:
        spans = registry.gazetteer.valid_years(name)
        for i, (code, first, last) in enumerate(spans):
            for other, start, end in spans[i + 1 :]:
                assert code == other or last < start or end < first, name


def test_the_sample_is_120_cities_in_four_regions_with_21_pilots(registry: Registry) -> None:
    sample = registry.sample("old_industrial_120")
    regions = registry.cities.set_index("city_code").loc[sample, "region"].value_counts()
    assert regions.to_dict() == {"Central": 40, "West": 34, "Northeast": 27, "East": 19}
    pilots = registry.policy("relocation_2014")
    assert len(pilots) == 21 and set(pilots["city_code"]) <= set(sample)
    assert set(pilots["start_year"]) == {2014}


def test_an_unknown_sample_or_policy_says_which_are_known(registry: Registry) -> None:
    with pytest.raises(OibError, match="old_industrial_120"):
        registry.sample("nowhere")
    with pytest.raises(OibError, match="relocation_2014"):
        registry.policy("nothing")


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("policies", "relocation_2014,110000", "relocation_2014,999999", "999999"),
        ("samples", "old_industrial_120,120000", "old_industrial_120,110000", "there twice"),
        ("policies", "110000,2014", "110000,20l4", "20l4"),
        ("cities", "city_code,name_zh", "code,name_zh", "city_code"),
    ],
)
def test_a_broken_registry_names_file_and_line(
    tmp_path: Path, table: str, old: str, new: str, said: str
) -> None:
    for path in DATA.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        changed = text.replace(old, new, 1) if path.stem == table else text
        (tmp_path / path.name).write_text(changed, encoding="utf-8")
    with pytest.raises(OibError, match=said) as caught:
        load_registry(tmp_path)
    assert f"{table}.csv" in str(caught.value)


def changed(folder: Path, **tables: tuple[str, str]) -> Path:
    """A copy of the registry with a text of some tables replaced."""
    for path in DATA.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        old, new = tables.get(path.stem, ("", ""))
        (folder / path.name).write_text(text.replace(old, new) if old else text, encoding="utf-8")
    return folder


def test_every_table_that_kept_the_old_code_of_a_city_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(OibError) as caught:
        load_registry(changed(tmp_path, cities=("140200,", "140299,")))
    told = str(caught.value).splitlines()
    assert told[0] == f"the registry in {tmp_path} contradicts itself:"
    assert {line.split(".csv")[0].strip() for line in told[1:-1]} >= {"samples", "borders"}
    assert all("city_code '140200' is not in cities.csv" in line for line in told[1:-1])
    assert told[-1] == (
        "add the city to cities.csv, or, if it was recoded, give the new code here too"
    )


def test_one_unknown_document_is_told_in_a_line_with_the_table_it_belongs_in(
    tmp_path: Path,
) -> None:
    row = "110000,2014,relocation_opinions_2014"
    with pytest.raises(OibError) as caught:
        load_registry(changed(tmp_path, policies=(row, "110000,2014,elsewhere")))
    assert str(caught.value) == (
        f"{tmp_path}/policies.csv, line 2: document 'elsewhere' is not in documents.csv: add the "
        "document to documents.csv, or, if it was renamed, give the new name here too"
    )


@pytest.mark.parametrize(
    ("name", "year", "prefectures"),
    [
        ("大理市", 2015, ["大理白族自治州"]),
        ("昆山市", 2015, ["苏州市"]),
        ("巢湖市", 2013, ["合肥市"]),
        ("巢湖市", 2010, None),
        ("朝阳县", 2015, ["朝阳市"]),
        ("无名旗", 2015, []),
        ("徐洲市", 2015, None),
        ("襄樊市", 2015, None),
    ],
)
def test_a_name_of_county_level_is_known_with_its_prefecture(
    registry: Registry, name: str, year: int, prefectures: list[str] | None
) -> None:
    found = registry.gazetteer.county_level(name, year)
    assert (found if found is None else [county[1] for county in found]) == prefectures


def test_no_city_of_the_registry_ends_as_a_county_does(registry: Registry) -> None:
    ends = registry.cities["name_zh"].str[-1]
    assert not (
        ends.isin(["县", "旗"]) | registry.cities["name_zh"].str.fullmatch(".+(?<!地)区")
    ).any()


@pytest.mark.parametrize("column", ["city_code", "source"])
def test_a_spelling_without_its_code_or_source_is_refused(tmp_path: Path, column: str) -> None:
    shutil.copytree(DATA, tmp_path / "registry")
    path = tmp_path / "registry" / "names.csv"
    row = {"city_code": "320300", "source": "page 1"} | {column: ""}
    line = len(path.read_text(encoding="utf-8").splitlines()) + 1
    with path.open("a", encoding="utf-8") as handle:
        handle.write(f"徐洲市,{row['city_code']},ocr,,,{row['source']}\n")
    with pytest.raises(
        OibError, match=rf"names\.csv, line {line}: nothing under {column} of '徐洲市'"
    ):
        load_registry(tmp_path / "registry")


def test_a_registry_without_counties_loads(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "registry")
    (tmp_path / "registry" / "counties.csv").unlink()
    names = load_registry(tmp_path / "registry").gazetteer
    assert names.county_level("大理市", 2015) is None
    assert names.county_level("朝阳县", 2015) == []
