"""What a person should look at in a release is kept in the warehouse and counted in its line."""

from __future__ import annotations

import logging
from pathlib import Path

import dagster as dg
import openpyxl
import pytest
from small_project import Project as Folder
from small_project import write_project

from oib_pipeline.defs.raw import raw_observations
from oib_pipeline.defs.resources import Project
from oib_pipeline.warehouse import Warehouse

RELEASE = "sample-ccsy-2016"
WANTED = ("gdp_mcny", "population_resident_k")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    made = write_project(tmp_path / "data")
    monkeypatch.setenv("OIB_DATA", str(made.data))
    monkeypatch.delenv("OIB_RAW", raising=False)
    return made


def read(folder: Folder) -> Warehouse:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("release", [RELEASE])
        done = dg.materialize(
            [raw_observations],
            partition_key=RELEASE,
            instance=instance,
            resources={"project": Project()},
        )
    assert done.success
    evaluations = done.get_asset_check_evaluations()
    assert evaluations
    for event in evaluations:
        page = Path(str(event.metadata["checks"].value))
        assert page == folder.settings.quality / "checks" / "raw_observations" / "index.html"
        assert page.is_file()
    assert (folder.settings.quality / "index.html").is_file()
    return folder.warehouse


def set_to_zero(folder: Folder, cells: list[tuple[str, str, str]]) -> None:
    for file, sheet, cell in cells:
        path = folder.release(2016) / file
        book = openpyxl.load_workbook(path)
        book[sheet][cell].value = 0
        book.save(path)
    folder.declare(2016)


def test_zeros_that_stand_for_missing_are_kept_as_things_to_look_at(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    values = read(folder).read("raw_observations", {"release": RELEASE})
    before = folder.warehouse.count("raw_findings", {"release": RELEASE})
    wanted = values["variable"].isin(WANTED) & (values["scope"] == "districts")
    first = values[wanted].drop_duplicates("variable")
    assert set(first["variable"]) == set(WANTED)
    cells = list(first[["file", "sheet", "cell"]].itertuples(index=False, name=None))
    set_to_zero(folder, cells)
    with caplog.at_level(logging.INFO, logger="oib.progress"):
        held = read(folder).read("raw_findings", {"release": RELEASE})
    found = held.set_index(["file", "sheet", "cell"]).loc[cells]
    assert len(held) == before + len(found)
    assert set(found["severity"]) == {"warning"}
    counted = found["found"].str.startswith("a zero")
    columns, values_below = found[counted], found[~counted]
    assert len(columns) == len(values_below) == len(cells)
    assert set(values_below["expected"].str.split().str[0]) == {"1", "0.1"}
    assert columns["todo"].str.contains("layouts/missing.csv").all()
    assert f"{len(held)} things to look at (raw_findings)" in caplog.text
