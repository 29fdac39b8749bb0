"""A city is put into a sample, or taken out, row by row; a refusal writes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from oib_pipeline.contract.errors import OibError
from oib_pipeline.registry.registry import load_registry
from oib_pipeline.registry.samples import Table, add_city, remove_city

REGISTRY = Path(__file__).resolve().parents[2] / "data" / "registry"
SAMPLE, POLICY = "old_industrial_120", "relocation_2014"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(REGISTRY, tmp_path / "registry"))


def outside(folder: Path) -> str:
    """The code of a city that is not in the sample."""
    inside = set(load_registry(folder).sample(SAMPLE))
    codes = [row["city_code"] for row in Table(folder / "cities.csv").rows]
    return next(code for code in codes if code not in inside)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_known_city_costs_one_row_in_its_place_and_every_other_byte_stays(folder: Path) -> None:
    before, code = bytes_of(folder), outside(folder)
    assert add_city(folder, code, SAMPLE, {}) == [f"samples.csv: {code} added to {SAMPLE}"]
    after = bytes_of(folder)
    assert {name for name in after if after[name] != before[name]} == {"samples.csv"}
    old, new = (side["samples.csv"].decode().splitlines() for side in (before, after))
    assert [line for line in new if line in set(old)] == old
    assert len(new) == len(old) + 1
    assert load_registry(folder).sample(SAMPLE) == sorted(load_registry(folder).sample(SAMPLE))
    codes = [line.split(",")[1] for line in new if line.startswith(SAMPLE)]
    assert codes == sorted(codes)


def test_what_was_added_is_taken_out_again_to_the_byte(folder: Path) -> None:
    before, code = bytes_of(folder), outside(folder)
    add_city(folder, code, SAMPLE, {})
    remove_city(folder, code, SAMPLE)
    assert bytes_of(folder) == before


def test_a_new_city_takes_its_province_from_its_neighbours(folder: Path) -> None:
    facts = {"name_zh": "新沂市", "name_en": "Xin'yi"}
    said = add_city(folder, "329900", SAMPLE, facts, {"policy": "relocation_2014"})
    assert [line.split(":")[0] for line in said] == ["cities.csv", "samples.csv", "policies.csv"]
    city = load_registry(folder).cities.set_index("city_code").loc["329900"]
    assert (city["province_en"], city["region"], city["pinyin"]) == ("Jiangsu", "East", "xinyi")
    policy = load_registry(folder).policy("relocation_2014").set_index("city_code")
    assert policy.loc["329900", "start_year"] == 2014


@pytest.mark.parametrize(
    ("code", "sample", "facts", "told"),
    [
        ("32030", SAMPLE, {}, "no six-digit code"),
        ("320300", "nowhere", {}, "no sample 'nowhere'"),
        ("329900", SAMPLE, {}, "give --name-zh, --name-en"),
        ("999900", SAMPLE, {"name_zh": "新市", "name_en": "New"}, "--region, --province-en"),
        ("522400", SAMPLE, {}, "former code"),
        ("320300", SAMPLE, {}, "already"),
        ("320300", SAMPLE, {"region": "West"}, "not 'West'"),
        ("329900", SAMPLE, {"name_zh": "徐州市", "name_en": "Xuzhou"}, "as 320300"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_nothing_is_written(
    folder: Path, code: str, sample: str, facts: dict[str, str], told: str
) -> None:
    before = bytes_of(folder)
    with pytest.raises(OibError, match=told):
        add_city(folder, code, sample, facts)
    assert bytes_of(folder) == before


def test_a_city_that_would_contradict_the_registry_is_not_written(folder: Path) -> None:
    before = bytes_of(folder)
    facts = {"name_zh": "新市", "name_en": "New", "lon": "east of here"}
    with pytest.raises(OibError, match="east of here"):
        add_city(folder, "329900", SAMPLE, facts)
    assert bytes_of(folder) == before


def test_a_city_that_is_not_in_the_sample_is_not_taken_out(folder: Path) -> None:
    with pytest.raises(OibError, match="not in the sample"):
        remove_city(folder, outside(folder), SAMPLE)


def test_a_policy_that_the_command_put_a_city_under_goes_with_it(folder: Path) -> None:
    before, code = bytes_of(folder), outside(folder)
    add_city(folder, code, SAMPLE, {}, {"policy": POLICY}, [POLICY])
    assert remove_city(folder, code, SAMPLE, [POLICY]) == [
        f"samples.csv: {code} taken out of {SAMPLE}",
        f"policies.csv: {code} taken out of {POLICY}",
    ]
    assert bytes_of(folder) == before


def test_a_policy_known_from_elsewhere_stays_and_both_ways_say_so(folder: Path) -> None:
    before = bytes_of(folder)
    _, stays = remove_city(folder, "110000", SAMPLE, [POLICY])
    assert stays == (
        f"policies.csv: 110000 stays under {POLICY} from 2014 (source: Lin et al. 2022, section "
        "3.1): added to a sample again it is treated; if it is not to be, delete its row there"
    )
    _, treated = add_city(folder, "110000", SAMPLE, {}, policies=[POLICY])
    assert treated == (
        f"policies.csv: 110000 is under {POLICY} already, so it is treated from 2014; if that is "
        "wrong, edit or delete its row there"
    )
    assert bytes_of(folder)["policies.csv"] == before["policies.csv"]


def test_a_policy_stays_while_another_sample_has_the_city(folder: Path) -> None:
    with (folder / "samples.csv").open("a", encoding="utf-8") as table:
        table.write("other,110000,,,,a test\n")
    code = outside(folder)
    for sample in (SAMPLE, "other"):
        add_city(folder, code, sample, {}, {"policy": POLICY}, [POLICY])
    held = bytes_of(folder)["policies.csv"]
    _, stays = remove_city(folder, code, SAMPLE, [POLICY])
    assert stays == f"policies.csv: {code} stays under {POLICY}, for it is in other too"
    assert bytes_of(folder)["policies.csv"] == held


def test_a_policy_that_the_sample_is_not_evaluated_for_is_left_alone(folder: Path) -> None:
    before = bytes_of(folder)["policies.csv"]
    assert len(remove_city(folder, "110000", SAMPLE, [])) == 1
    assert bytes_of(folder)["policies.csv"] == before
