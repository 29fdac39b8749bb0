"""The data version of each slice, from its inputs and code."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from oib_pipeline.analysis.catalogue import RESULTS
from oib_pipeline.study import Study
from oib_pipeline.versions.digests import (
    code_digest,
    digest,
    file_digest,
    library_versions,
    read_columns_digest,
    study_rows_digest,
)
from oib_pipeline.versions.inputs import Arrival, Inputs, study_uses
from oib_pipeline.versions.ledger import Held, Ledger

Part = Literal["release", "precedence", "study"]


@dataclass(frozen=True)
class Stage:
    """One stage.

    Attributes
    ----------
    name
        Name of its asset, and of the table it fills.
    part
        What one slice of it belongs to.
    rooms
        Rooms of the package whose code decides what it holds.
    registry
        Registry tables it reads.
    """

    name: str
    part: Part
    rooms: tuple[str, ...]
    registry: tuple[str, ...] = ()


_CITIES = ("cities", "names", "former_codes")
_POLICIES = ("cities", "samples", "policies", "documents", "borders")
_ESTIMATION = ("contract", "estimation", "analysis", "quality", "study")

STAGES: dict[str, Stage] = {
    stage.name: stage
    for stage in (
        Stage(
            "raw_observations",
            "release",
            ("contract", "registry", "extract", "quality"),
            (*_CITIES, "counties"),
        ),
        Stage("core_sources", "precedence", ("contract", "panel", "quality"), _CITIES),
        Stage("core_city_year", "precedence", ("contract", "panel", "quality")),
        Stage("core_indices", "precedence", ("contract", "indices", "quality")),
        Stage(
            "core_study_panel",
            "study",
            ("contract", "registry", "panel", "indices", "study"),
            _POLICIES,
        ),
        *(Stage(result.table, "study", _ESTIMATION) for result in RESULTS.values()),
        Stage("est_vintages", "study", ("contract", "vintages")),
        Stage("out_report", "study", ("contract", "indices", "report", "study"), _POLICIES),
    )
}


def estimate_stages(study: Study) -> tuple[str, ...]:
    """Stages of the results a study asks for, in the order of the flow."""
    return tuple(one.table for name, one in RESULTS.items() if name in study.results)


def study_stages(study: Study) -> tuple[str, ...]:
    """Every stage that belongs to a study, in the order of the flow."""
    return ("core_study_panel", *estimate_stages(study), "est_vintages", "out_report")


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
    rooms = (*STAGES[stage].rooms, "defs/raw", "defs/core", "defs/studies")
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


Slice = tuple[str, str]
BEFORE = {"core_city_year": "core_sources", "core_indices": "core_city_year"}


@dataclass
class Chain:
    """Fingerprints along the flow.

    ``expected`` follows the inputs from their start, as if everything had been made; ``made_from``
    takes what the warehouse holds just now for what a slice is made from.
    """

    inputs: Inputs
    ledger: Ledger

    def __post_init__(self) -> None:
        self._known: dict[Slice, str] = {}

    def expected(self, stage: str, part: str) -> str:
        """Fingerprint a slice has once everything before it is up to date."""
        key = (stage, part)
        if key not in self._known:
            self._known[key] = self._fingerprint(key, lambda need: self.expected(*need))
        return self._known[key]

    def made_from(self, stage: str, part: str) -> str:
        """Fingerprint of a slice made now from what the warehouse holds."""
        return self._fingerprint((stage, part), lambda need: self.ledger.fingerprints.get(need, ""))

    def is_current(self, stage: str, part: str) -> bool:
        """Whether the warehouse holds the slice as its inputs and code would make it."""
        return self.ledger.fingerprints.get((stage, part)) == self.expected(stage, part)

    def releases_for(self, precedence: str) -> list[str]:
        """Releases, arrived or held, that an order of sources takes values from; sorted."""
        study = self.inputs.precedences[precedence]
        known = self._known_releases().values()
        return sorted(r.release for r in known if study_uses(study, r.series, r.synthetic))

    def needs(self, stage: str, part: str) -> list[Slice]:
        """Slices that a slice is made from."""
        if stage == "core_sources":
            return [("raw_observations", release) for release in self.releases_for(part)]
        if stage in BEFORE:
            return [(BEFORE[stage], part)]
        if stage == "core_study_panel":
            return [("core_indices", self.inputs.studies[part].precedence)]
        if stage == "est_vintages":
            made = ("core_study_panel", *estimate_stages(self.inputs.studies[part]))
            return [(name, part) for name in made]
        if stage == "out_report":
            return [*self.needs("est_vintages", part), ("est_vintages", part)]
        return [("core_study_panel", part)] if stage.startswith("est_") else []

    def upstream(self, stage: str, part: str) -> list[Slice]:
        """A slice and every slice that it rests on, in the order of the flow."""
        found: dict[Slice, None] = {}
        for need in self.needs(stage, part):
            found |= dict.fromkeys(self.upstream(*need))
        return [*found, (stage, part)]

    def _fingerprint(self, key: Slice, upstream: Callable[[Slice], str]) -> str:
        stage, part = key
        if stage == "raw_observations" and part not in self.inputs.arrivals:
            return self.ledger.fingerprints.get(key, "")  # kept from another raw folder
        return digest(
            stage,
            part,
            *_flat(self.made_of(stage, part)),
            *(text for need in self.needs(stage, part) for text in (*need, upstream(need))),
        )

    def made_of(self, stage: str, part: str) -> dict[str, str]:
        """What a slice rests on just now beside other slices, by ``kind/name``."""
        if stage == "raw_observations" and part not in self.inputs.arrivals:
            return self.ledger.components(stage, part)
        truth = ""
        if stage == "out_report" and self.inputs.studies[part].synthetic:
            known = self._known_releases()
            names = self.releases_for(self.inputs.studies[part].precedence)
            truth = truth_digest({name: known[name] for name in names})
        return components(self.inputs, stage, part, truth)

    def release_marks(self, precedence: str) -> dict[str, str]:
        """Short fingerprint of each release held that an order of sources takes values from."""
        marks = self.ledger.parts("raw_observations")
        names = self.releases_for(precedence)
        return {name: marks[name][:SHORT] for name in names if name in marks}

    def noted(self, stage: str, part: str) -> dict[str, str]:
        """What the ledger keeps of what a slice was made of: for sources also which releases."""
        marks = self.release_marks(part) if stage == "core_sources" else {}
        named = {f"release/{name}": mark for name, mark in marks.items()}
        return {**self.made_of(stage, part), **named}

    def _known_releases(self) -> dict[str, Arrival | Held]:
        return {**self.ledger.releases, **self.inputs.arrivals}


def stage_code(stage: str) -> str:
    """Digest of the code and the libraries that make a stage."""
    return digest(stage, *_flat(stage_components(stage)))


def _flat(named: dict[str, str]) -> list[str]:
    return [text for pair in sorted(named.items()) for text in pair]
