"""What is out of date follows from content alone, and reaches what rests on it, no further."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from small_project import declare

from oib_pipeline.contract.errors import OibError
from oib_pipeline.settings import Settings
from oib_pipeline.versions.data_version import STAGES, Chain, Slice, stage_components
from oib_pipeline.versions.digests import code_digest, digest
from oib_pipeline.versions.inputs import read_inputs
from oib_pipeline.versions.ledger import Held, Ledger
from oib_pipeline.versions.plan import REPORT, Plan, make_plan

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Two studies of one order of sources, and two releases."""
    data = tmp_path / "data"
    for name in ("registry", "studies"):
        shutil.copytree(REPOSITORY / "data" / name, data / name)
    twin = yaml.safe_load((data / "studies" / "relocation_2014.yml").read_text(encoding="utf-8"))
    twin |= {"name": "twin", "title": "A second study of the same sources"}
    (data / "studies" / "twin.yml").write_text(yaml.safe_dump(twin), encoding="utf-8")
    for name in ("sample-ccsy-2015", "sample-ccsy-2016"):
        shutil.copytree(REPOSITORY / "data" / "raw" / name, data / "raw" / name)
    return Settings(data=data, raw=data / "raw")


def plan(settings: Settings, ledger: Ledger) -> Plan:
    return make_plan(settings, read_inputs(settings), ledger)


def all_made(settings: Settings) -> Ledger:
    """The ledger after a refresh that made everything."""
    inputs = read_inputs(settings)
    chain = Chain(inputs, Ledger({}, {}))
    wanted = make_plan(settings, inputs, chain.ledger)
    for name in wanted.ready:
        (settings.reports / name).mkdir(parents=True, exist_ok=True)
        for file in REPORT:
            (settings.reports / name / file).touch()
    held = {
        name: Held(name, arrival.series, arrival.synthetic, str(settings.raw))
        for name, arrival in inputs.arrivals.items()
    }
    return Ledger({key: chain.expected(*key) for key in wanted.stale}, held)


def stale(settings: Settings, ledger: Ledger) -> set[Slice]:
    return set(plan(settings, ledger).stale)


def test_at_first_everything_is_to_be_made_in_the_order_of_the_flow(settings: Settings) -> None:
    first = plan(settings, Ledger({}, {}))
    stages = list(dict.fromkeys(stage for stage, _ in first.stale))
    assert stages[:5] == [
        "raw_observations",
        "core_sources",
        "core_city_year",
        "core_indices",
        "core_study_panel",
    ]
    assert stages[-1] == "out_report"
    assert first.ready == ("relocation_2014", "twin")
    assert "no genuine release" in first.waiting["real_whole_city"]


def test_when_all_is_made_nothing_is_to_be_done(settings: Settings) -> None:
    assert plan(settings, all_made(settings)).nothing


def test_an_edited_study_is_out_of_date_alone(settings: Settings) -> None:
    ledger = all_made(settings)
    path = settings.studies / "twin.yml"
    path.write_text(path.read_text(encoding="utf-8") + "# looked at\n", encoding="utf-8")
    assert {part for _, part in stale(settings, ledger)} == {"twin"}


def test_a_changed_release_reaches_all_that_rests_on_it_and_no_other_release(
    settings: Settings,
) -> None:
    ledger = all_made(settings)
    path = next((settings.raw / "sample-ccsy-2016").glob("*.xlsx"))
    path.write_bytes(path.read_bytes() + b"0")
    declare(path.parent)
    changed = stale(settings, ledger)
    assert ("raw_observations", "sample-ccsy-2016") in changed
    assert ("raw_observations", "sample-ccsy-2015") not in changed
    assert ("out_report", "twin") in changed


def test_a_policy_table_reaches_studies_but_no_reading(settings: Settings) -> None:
    ledger = all_made(settings)
    path = settings.registry / "policies.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",2014,relocation", ",2015,relocation"))
    stages = {stage for stage, _ in stale(settings, ledger)}
    assert "core_study_panel" in stages
    assert not stages & {"raw_observations", "core_sources", "core_indices"}


@pytest.mark.parametrize(
    ("was", "now", "read"), [("39.9", "39.8", False), ("北京市", "北京", True)]
)
def test_of_a_city_what_is_printed_reaches_reading_and_where_it_lies_does_not(
    settings: Settings, was: str, now: str, read: bool
) -> None:
    ledger = all_made(settings)
    path = settings.registry / "cities.csv"
    text = path.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("110000"))
    path.write_text(text.replace(line, line.replace(was, now, 1)), encoding="utf-8")
    stages = {stage for stage, _ in stale(settings, ledger)}
    assert ("raw_observations" in stages) is read
    assert "core_study_panel" in stages


def test_true_effects_beside_a_sample_reach_its_reports_alone(settings: Settings) -> None:
    ledger = all_made(settings)
    (settings.raw / "truth.yml").write_text("effects: {}\n", encoding="utf-8")
    assert {stage for stage, _ in stale(settings, ledger)} == {"out_report"}


def test_a_row_of_another_sample_concerns_no_study(settings: Settings) -> None:
    ledger = all_made(settings)
    path = settings.registry / "samples.csv"
    with path.open("a", encoding="utf-8") as table:
        table.write("another,110000,city,,,\n")
    assert plan(settings, ledger).nothing


def test_changed_code_reaches_its_stage_and_what_follows(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = all_made(settings)
    monkeypatch.setattr(
        "oib_pipeline.versions.data_version.code_digest",
        lambda room: digest("edited") if room == "report" else code_digest(room),
    )
    assert {stage for stage, _ in stale(settings, ledger)} == {"out_report"}


def test_a_report_that_was_deleted_is_made_again(settings: Settings) -> None:
    ledger = all_made(settings)
    shutil.rmtree(settings.reports / "twin")
    assert stale(settings, ledger) == {("out_report", "twin")}


def test_a_release_that_is_gone_is_taken_out_and_its_studies_made_anew(settings: Settings) -> None:
    ledger = all_made(settings)
    shutil.rmtree(settings.raw / "sample-ccsy-2015")
    found = plan(settings, ledger)
    assert found.removed == ("sample-ccsy-2015",)
    assert found.parts("core_sources") == ["ccsy (synthetic)"]


def test_a_release_held_from_another_folder_stays(settings: Settings, tmp_path: Path) -> None:
    ledger = all_made(settings)
    (tmp_path / "other").mkdir()
    assert plan(Settings(data=settings.data, raw=tmp_path / "other"), ledger).nothing


def test_a_release_that_lost_its_manifest_is_an_error(settings: Settings) -> None:
    ledger = all_made(settings)
    (settings.raw / "sample-ccsy-2016" / "release.yml").unlink()
    with pytest.raises(OibError, match=r"sample-ccsy-2016.*now has no release\.yml"):
        plan(settings, ledger)


def test_a_slice_made_before_what_it_rests_on_stays_out_of_date(settings: Settings) -> None:
    chain = Chain(read_inputs(settings), Ledger({}, {}))
    early = chain.made_from("est_baseline", "twin")
    assert early != chain.expected("est_baseline", "twin")


def test_texts_that_run_together_differ() -> None:
    assert digest("ab", "c") != digest("a", "bc")


def test_the_goal_stays_while_a_refresh_is_at_work(settings: Settings) -> None:
    ledger = all_made(settings)
    half = Ledger(dict(list(ledger.fingerprints.items())[:3]), ledger.releases)
    goals = {plan(settings, held).goal for held in (Ledger({}, {}), half, ledger)}
    assert len(goals) == 1
    path = settings.studies / "twin.yml"
    path.write_text(path.read_text(encoding="utf-8") + "# looked at\n", encoding="utf-8")
    assert plan(settings, ledger).goal not in goals


def test_rows_of_another_policy_and_its_documents_reach_no_study_of_this_one(
    settings: Settings,
) -> None:
    ledger = all_made(settings)
    rows = {
        "policies": "ring_road,110000,2014,ring_plan,made up",
        "documents": "ring_plan,2013-11,Plan of an outer ring,Transport,,starts it,yes,ring_road",
        "samples": "coast,110000,municipality,,taken in,made up",
    }
    for table, row in rows.items():
        with (settings.registry / f"{table}.csv").open("a", encoding="utf-8") as handle:
            handle.write(f"{row}\n")
    assert plan(settings, ledger).nothing
    path = settings.registry / "documents.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("funds relocation", "pays for relocation"), encoding="utf-8")
    assert ("out_report", "relocation_2014") in stale(settings, ledger)


def test_code_that_is_watched_is_there() -> None:
    for stage in STAGES:
        assert all(stage_components(stage).values())
    with pytest.raises(ValueError, match="results is no folder or module of oib_pipeline"):
        code_digest("results")
