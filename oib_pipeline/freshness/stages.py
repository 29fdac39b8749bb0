"""The stages of the flow: what each is made from, and what its slices are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from oib_pipeline.results import MADE
from oib_pipeline.study import Study

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
_ESTIMATION = ("contract", "estimation", "results", "quality", "study")

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
        *(Stage(f"est_{result}", "study", _ESTIMATION) for result in MADE),
        Stage("est_vintages", "study", ("contract", "vintages")),
        Stage("out_report", "study", ("contract", "indices", "report", "study"), _POLICIES),
    )
}


def estimate_stages(study: Study) -> tuple[str, ...]:
    """Stages of the results a study asks for, in the order of the flow."""
    return tuple(f"est_{result}" for result in MADE if result in study.results)


def study_stages(study: Study) -> tuple[str, ...]:
    """Every stage that belongs to a study, in the order of the flow."""
    return ("core_study_panel", *estimate_stages(study), "est_vintages", "out_report")
