"""Which documents belong to which policy, whatever columns documents.csv has."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.policies import without_policy
from oib_pipeline.registry.registry import load_registry

DATA = Path(__file__).resolve().parents[2] / "data" / "registry"
OTHER = "ring_plan,2013-11,Plan of an outer ring,Ministry of Transport,,starts the ring,yes"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "registry"))


def rewrite(folder: Path, *lines: str, column: bool = True) -> None:
    """documents.csv with lines added, and without its column ``policies`` where so asked."""
    path = folder / "documents.csv"
    kept = path.read_text(encoding="utf-8").splitlines()
    kept = kept if column else [line.rpartition(",")[0] for line in kept]
    path.write_text("\n".join([*kept, *lines, ""]), encoding="utf-8")


def shown(folder: Path, policy: str) -> list[str]:
    return list(load_registry(folder).documents_of(policy)["document"])


def test_a_document_shows_for_each_policy_that_it_names(folder: Path) -> None:
    assert len(shown(folder, "relocation_2014")) == 11
    assert "northeast_measures_2015" not in shown(folder, "demonstration_areas")
    assert "plan_2021" in shown(folder, "demonstration_areas")


def test_a_row_that_names_no_policy_shows_for_none_but_those_whose_rows_name_it(
    folder: Path,
) -> None:
    rewrite(folder, f"{OTHER},")
    assert "ring_plan" not in shown(folder, "relocation_2014")
    with (folder / "policies.csv").open("a", encoding="utf-8") as handle:
        handle.write("ring_road,110000,2014,ring_plan,made up\n")
    assert shown(folder, "ring_road") == ["ring_plan"]
    assert "ring_plan" not in shown(folder, "relocation_2014")


def test_a_file_of_before_the_column_is_read_and_its_general_documents_are_told(
    folder: Path,
) -> None:
    rewrite(folder, column=False)
    registry = load_registry(folder)
    assert shown(folder, "relocation_2014") == ["relocation_opinions_2014"]
    tables = registry.documents.to_dict("records"), registry.policies.to_dict("records")
    assert len(without_policy(*tables)) == 8


def test_a_policy_that_a_document_names_and_nobody_has_is_refused_with_its_line(
    folder: Path,
) -> None:
    rewrite(folder, f"{OTHER},ring_rode")
    with pytest.raises(OibError) as caught:
        load_registry(folder)
    assert str(caught.value).startswith(
        f"{folder}/documents.csv, line 13: policy 'ring_rode' is not in policies.csv: take the "
    )
