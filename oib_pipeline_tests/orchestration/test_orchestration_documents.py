"""What ``oib status`` says of documents that no report shows."""

from __future__ import annotations

import shutil
from pathlib import Path

from oib_pipeline.client.status import status
from oib_pipeline.settings import Settings

DATA = Path(__file__).resolve().parents[2] / "data"
GENERAL = "ring_plan,2013-11,Plan of an outer ring,Ministry of Transport,,starts the ring,yes,\n"


def test_a_document_of_no_policy_is_named_with_what_to_do(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for name in ("registry", "studies"):
        shutil.copytree(DATA / name, data / name)
    (data / "raw").mkdir()
    settings = Settings(data=data, raw=data / "raw")
    assert "registry:" not in status(settings)
    with (data / "registry" / "documents.csv").open("a", encoding="utf-8") as handle:
        handle.write(GENERAL)
    assert status(settings)[-1] == (
        "  documents.csv: 1 document belongs to no policy and shows in no report (ring_plan): "
        "name the policies in the column policies, ';' between"
    )
