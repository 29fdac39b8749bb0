"""Releases that were refused: noted with the reason, and tried again once it may have gone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from oib_pipeline.settings import Settings
from oib_pipeline.versions.data_version import Chain
from oib_pipeline.versions.digests import digest
from oib_pipeline.versions.inputs import Inputs, read_inputs, study_uses
from oib_pipeline.versions.ledger import Ledger

RAW = "raw_observations"


@dataclass(frozen=True)
class Refusal:
    """A release that a check refused.

    Attributes
    ----------
    stage
        Where it was refused.
    rests_on
        Digest of all that the refusal rests on; another one is worth another try.
    why
        The reason, for a person.
    """

    release: str
    stage: str
    rests_on: str
    why: str


def current_inputs(settings: Settings, ledger: Ledger, only: Iterable[str] = ()) -> Inputs:
    """The inputs, without releases whose refusal still holds."""
    return without_refused(settings, read_inputs(settings, list(only)), ledger)


def without_refused(settings: Settings, inputs: Inputs, ledger: Ledger) -> Inputs:
    """Inputs in which a refused release counts as not arrived; what was read of it before stays."""
    chain = Chain(inputs, ledger)
    why = {
        name: noted.why
        for name, noted in noted_refusals(settings).items()
        if name in inputs.arrivals and noted.rests_on == _rests_on(chain, name, noted.stage)
    }
    aside = {name: inputs.arrivals[name] for name in why}
    rest = {name: one for name, one in inputs.arrivals.items() if name not in why}
    return replace(inputs, arrivals=rest, aside=aside, refused=why)


def note_refusals(
    settings: Settings, chain: Chain, stage: str, reasons: Mapping[str, str]
) -> list[str]:
    """Names of the releases noted: those of ``reasons`` that have arrived."""
    found = [name for name in reasons if name in chain.inputs.arrivals]
    whole = replace(chain.inputs, arrivals={**chain.inputs.arrivals, **chain.inputs.aside})
    for name in found:
        mark = _rests_on(Chain(whole, chain.ledger), name, stage)
        path = _folder(settings) / f"{name}.json"
        fresh = path.with_name(f".{path.name}.new")
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"stage": stage, "rests_on": mark, "why": reasons[name]}, indent=1)
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    return found


def noted_refusals(settings: Settings) -> dict[str, Refusal]:
    """What is noted, by release; a note that is not whole counts as none."""
    found = {}
    for path in sorted(_folder(settings).glob("*.json")):
        try:
            noted = json.loads(path.read_text(encoding="utf-8"))
            found[path.stem] = Refusal(
                path.stem, noted["stage"], noted["rests_on"], str(noted["why"])
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def forget_refusals(settings: Settings, releases: Iterable[str]) -> None:
    """Notes of releases that are gone, struck."""
    for name in releases:
        (_folder(settings) / f"{name}.json").unlink(missing_ok=True)


def under_trial(chain: Chain, precedence: str) -> set[str]:
    """Releases that came, or were read anew, since ``core_sources`` was last made."""
    held = chain.release_marks(precedence)
    if ("core_sources", precedence) not in chain.ledger.fingerprints:
        return {*held}
    before = chain.ledger.components("core_sources", precedence)
    if not any(key.startswith("release/") for key in before):
        return set()  # made by a version that did not note them
    return {name for name, mark in held.items() if before.get(f"release/{name}") != mark}


def _rests_on(chain: Chain, release: str, stage: str) -> str:
    """The release and the code that reads it; for a later stage all that it was put beside."""
    if stage == RAW:
        return chain.expected(RAW, release)
    arrival = chain.inputs.arrivals[release]
    orders = {
        study.precedence
        for study in chain.inputs.studies.values()
        if study_uses(study, arrival.series, arrival.synthetic)
    }
    return digest(*(chain.expected(stage, order) for order in sorted(orders)))


def _folder(settings: Settings) -> Path:
    return settings.quality / "refused"
