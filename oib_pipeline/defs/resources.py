"""The project as a resource: its folders, warehouse, registry and what is up to date."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import Field

from oib_pipeline.settings import Settings
from oib_pipeline.versions.data_version import Chain
from oib_pipeline.versions.inputs import Inputs
from oib_pipeline.versions.ledger import read_ledger
from oib_pipeline.versions.refusals import current_inputs
from oib_pipeline.warehouse import Warehouse

if TYPE_CHECKING:
    from oib_pipeline.quality import Outcome
    from oib_pipeline.registry.registry import Registry


class Project(dg.ConfigurableResource):
    """One project; the inputs are read once a run.

    Attributes
    ----------
    raw
        Folder of releases; empty means ``OIB_RAW`` or ``data/raw``.
    studies
        Names of the studies to look at; empty means all.
    """

    raw: str = ""
    studies: list[str] = Field(default_factory=list)

    @cached_property
    def settings(self) -> Settings:
        """Where things are."""
        return Settings.from_environment(self.raw or None)

    @property
    def warehouse(self) -> Warehouse:
        """The file the stages write."""
        return Warehouse(self.settings.warehouse)

    @cached_property
    def inputs(self) -> Inputs:
        """Releases that are not refused, studies and the rest, with their digests."""
        return current_inputs(self.settings, read_ledger(self.warehouse), self.studies)

    @cached_property
    def registry(self) -> Registry:
        """Cities, names, samples, policies and borders."""
        from oib_pipeline.registry.registry import load_registry

        return load_registry(self.settings.registry)

    def checked(
        self, name: str, check: Callable[..., list[Outcome]], *frames: Any, **facts: Any
    ) -> list[Outcome]:
        """Outcomes of a check, kept under ``name`` so that unchanged data are not checked again."""
        from oib_pipeline.quality.cache import cached_outcomes

        kept = self.settings.quality / "remembered" / f"{name}.json"
        return cached_outcomes(kept, check, *frames, **facts)

    def chain(self) -> Chain:
        """Fingerprints along the flow, with the warehouse as it is just now."""
        return Chain(self.inputs, read_ledger(self.warehouse))
