"""A stale slice says what changed: a file, a field, a table or code, and never another."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from small_project import declare

from oib_pipeline.settings import Settings
from oib_pipeline.versions.causes import causes
from oib_pipeline.versions.data_version import Chain
from oib_pipeline.versions.digests import code_digest, digest
from oib_pipeline.versions.inputs import read_inputs
from oib_pipeline.versions.ledger import Held, Ledger
from oib_pipeline.versions.plan import make_plan

REPOSITORY = Path(__file__).resolve().parents[2]
STUDY = "relocation_2014"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """One study and one release."""
    data = tmp_path / "data"
    shutil.copytree(REPOSITORY / "data" / "registry", data / "registry")
    (data / "studies").mkdir()
    shutil.copy(REPOSITORY / "data" / "studies" / f"{STUDY}.yml", data / "studies")
    release = "sample-ccsy-2015"
    shutil.copytree(REPOSITORY / "data" / "raw" / release, data / "raw" / release)
    return Settings(data=data, raw=data / "raw")


@pytest.fixture
def ledger(settings: Settings) -> Ledger:
    """The ledger after a refresh that made everything."""
    inputs = read_inputs(settings)
    chain = Chain(inputs, Ledger({}, {}))
    made = make_plan(settings, inputs, chain.ledger).stale
    return Ledger(
        {key: chain.expected(*key) for key in made},
        {name: Held(name, "ccsy", True, str(settings.raw)) for name in inputs.arrivals},
        {key: json.dumps(chain.made_of(*key)) for key in made},
    )


def told(settings: Settings, ledger: Ledger) -> list[str]:
    inputs = read_inputs(settings)
    stale = make_plan(settings, inputs, ledger).stale
    return causes(Chain(inputs, ledger), stale)


def test_an_altered_file_is_named_with_its_release(settings: Settings, ledger: Ledger) -> None:
    path = next((settings.raw / "sample-ccsy-2015").glob("*.xlsx"))
    path.write_bytes(path.read_bytes() + b"0")
    assert told(settings, ledger) == []  # not whole: it waits
    declare(path.parent)
    assert told(settings, ledger) == [
        f"release sample-ccsy-2015: {path.name} changed",
        "release sample-ccsy-2015: release.yml changed",
    ]


def test_a_field_of_a_study_is_told_with_what_it_was(settings: Settings, ledger: Ledger) -> None:
    path = settings.studies / f"{STUDY}.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("years: [2010, 2018]", "years: [2010, 2017]"), encoding="utf-8")
    assert told(settings, ledger) == [
        f"data/studies/{STUDY}.yml: years was [2010, 2018], is [2010, 2017]"
    ]


def test_a_comment_in_a_study_is_no_change_of_a_field(settings: Settings, ledger: Ledger) -> None:
    path = settings.studies / f"{STUDY}.yml"
    path.write_text(path.read_text(encoding="utf-8") + "# looked at\n", encoding="utf-8")
    assert told(settings, ledger) == [f"data/studies/{STUDY}.yml changed (no field of it)"]


def test_code_is_told_by_stage_and_room_and_no_file_is_said_to_have_changed(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "oib_pipeline.versions.data_version.code_digest",
        lambda room: digest("edited") if room == "report" else code_digest(room),
    )
    assert told(settings, ledger) == ["the code of stage out_report changed (in report)"]


def test_nothing_is_told_where_nothing_changed(settings: Settings, ledger: Ledger) -> None:
    assert told(settings, ledger) == [
        reason for reason in told(settings, ledger) if "changed" not in reason
    ]


def test_a_slice_that_was_never_made_is_told_as_that(settings: Settings) -> None:
    assert told(settings, Ledger({}, {}))[0].startswith("not made yet: release sample-ccsy-2015")
