"""The fingerprint of a slice: its own inputs, the code that makes it, and what it is made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from oib_pipeline.freshness.digests import code_digest, digest, environment_digest
from oib_pipeline.freshness.inputs import Arrival, Inputs, uses
from oib_pipeline.freshness.ledger import Held, Ledger
from oib_pipeline.freshness.stages import STAGES, estimate_stages

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
        known: dict[str, Arrival | Held] = {**self.ledger.releases, **self.inputs.arrivals}
        return sorted(r.release for r in known.values() if uses(study, r.series, r.synthetic))

    def needs(self, stage: str, part: str) -> list[Slice]:
        """Slices that a slice is made from."""
        if stage == "core_sources":
            return [("raw_observations", release) for release in self.releases_for(part)]
        if stage in BEFORE:
            return [(BEFORE[stage], part)]
        if stage == "core_study_panel":
            return [("core_indices", self.inputs.studies[part].precedence)]
        if stage == "out_report":
            made = ("core_study_panel", *estimate_stages(self.inputs.studies[part]))
            return [(name, part) for name in made]
        return [("core_study_panel", part)] if stage.startswith("est_") else []

    def _fingerprint(self, key: Slice, upstream: Callable[[Slice], str]) -> str:
        stage, part = key
        if stage == "raw_observations" and part not in self.inputs.arrivals:
            return self.ledger.fingerprints.get(key, "")  # kept from another raw folder
        return digest(
            stage_code(stage),
            part,
            *(self.inputs.registry.get(table, "") for table in STAGES[stage].registry),
            self._own(stage, part),
            *(text for need in self.needs(stage, part) for text in (*need, upstream(need))),
        )

    def _own(self, stage: str, part: str) -> str:
        if stage == "raw_observations":
            return self.inputs.arrivals[part].digest
        if stage == "core_sources":
            return self.inputs.corrections
        return self.inputs.study_digests[part] if STAGES[stage].part == "study" else ""


def stage_code(stage: str) -> str:
    """Digest of the code and the libraries that make a stage."""
    rooms = (*STAGES[stage].rooms, "orchestration/assets")
    return digest(stage, environment_digest(), *(code_digest(room) for room in rooms))
