"""What a slice is made of beside other slices: files, registry tables, code and libraries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from oib_pipeline.freshness.digests import code_digest, file_digest, library_versions
from oib_pipeline.freshness.inputs import Arrival, Inputs
from oib_pipeline.freshness.ledger import Held
from oib_pipeline.freshness.registry_rows import read_columns_digest, study_rows_digest
from oib_pipeline.freshness.stages import STAGES
from oib_pipeline.study import Study

TRUTH = "truth.yml"
SHORT = 16


def components(inputs: Inputs, stage: str, part: str, truth: str = "") -> dict[str, str]:
    """Digest or version of each thing a slice rests on, by ``kind/name``.

    Kinds: ``room`` (code), ``library``, ``registry`` (a table), ``file`` (of a release),
    ``study`` (a field of its file) and ``data`` (another file of the data folder).
    """
    return {
        **stage_components(stage),
        **{
            f"registry/{table}.csv": _registry(inputs, stage, part, table)[:SHORT]
            for table in STAGES[stage].registry
        },
        **_own(inputs, stage, part),
        **({f"data/raw/{TRUTH}": truth[:SHORT]} if truth else {}),
    }


def stage_components(stage: str) -> dict[str, str]:
    """Digest of each room whose code makes a stage, and the version of each library."""
    rooms = (*STAGES[stage].rooms, "orchestration/assets")
    return {
        **{f"room/{room}": code_digest(room)[:SHORT] for room in rooms},
        **{f"library/{name}": version for name, version in library_versions().items()},
    }


def truth_digest(releases: Mapping[str, Arrival | Held]) -> str:
    """Digest of the true effects that lie beside synthetic releases; empty without any."""
    found = [path for path in truth_files(releases) if path.is_file()]
    return file_digest(found[0]) if found else ""


def truth_files(releases: Mapping[str, Arrival | Held]) -> list[Path]:
    """Where the true effects may lie, in the order in which they are looked for."""
    folders = {
        str(r.folder.parent) if isinstance(r, Arrival) else r.raw_dir for r in releases.values()
    }
    return [Path(folder) / TRUTH for folder in sorted(folders)]


def study_fields(study: Study) -> dict[str, str]:
    """Each field of a study as text."""
    fields = study.model_dump(mode="json")
    return {name: json.dumps(value, ensure_ascii=False) for name, value in sorted(fields.items())}


def _registry(inputs: Inputs, stage: str, part: str, table: str) -> str:
    """Digest of what a slice can depend on in a registry table."""
    if inputs.registry_folder is None:
        return inputs.registry.get(table, "")
    if STAGES[stage].part != "study":
        return read_columns_digest(inputs.registry_folder, inputs.registry, table)
    study = inputs.studies[part]
    return study_rows_digest(inputs.registry_folder, inputs.registry, study, table)


def _own(inputs: Inputs, stage: str, part: str) -> dict[str, str]:
    if stage == "raw_observations":
        return {f"file/{name}": mark[:SHORT] for name, mark in inputs.arrivals[part].files.items()}
    if stage == "core_sources":
        return {"data/corrections.yml": inputs.corrections[:SHORT]}
    if STAGES[stage].part != "study":
        return {}
    fields = study_fields(inputs.studies[part])
    return {
        f"data/studies/{part}.yml": inputs.study_digests[part][:SHORT],
        **{f"study/{name}": value for name, value in fields.items()},
    }
