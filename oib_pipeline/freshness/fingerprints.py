"""The fingerprint of a slice: its own inputs, the code that makes it, and what it is made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from oib_pipeline.freshness.components import SHORT, components, stage_components, truth_digest
from oib_pipeline.freshness.digests import digest
from oib_pipeline.freshness.inputs import Arrival, Inputs, uses
from oib_pipeline.freshness.ledger import Held, Ledger
from oib_pipeline.freshness.stages import estimate_stages

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
        return sorted(r.release for r in known if uses(study, r.series, r.synthetic))

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
