"""Where things are: the data folder and what lies in it, from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from oib_pipeline.contract.errors import OibError

REMOVED = "_removed"  # below the reports: what is left of studies without a file


@dataclass(frozen=True)
class Settings:
    """Folders of one project; ``raw`` may lie elsewhere and be read-only."""

    data: Path
    raw: Path

    @classmethod
    def from_environment(cls, raw: str | Path | None = None) -> Settings:
        """``OIB_DATA`` (or ``./data``) and ``OIB_RAW`` (or ``<data>/raw``)."""
        data = Path(os.environ.get("OIB_DATA") or "data").resolve()
        if not (data / "registry").is_dir():
            raise OibError(
                f"{data} has no registry folder: run oib from the project's folder, "
                "or set OIB_DATA to its data folder"
            )
        chosen = raw or os.environ.get("OIB_RAW") or data / "raw"
        folder = Path(chosen).resolve()
        if not folder.is_dir():
            raise OibError(
                f"{folder} is no folder: --raw or OIB_RAW must name a folder of releases"
            )
        return cls(data=data, raw=folder)

    @property
    def registry(self) -> Path:
        """Cities, names, samples, policies, borders."""
        return self.data / "registry"

    @property
    def studies(self) -> Path:
        """One file a study."""
        return self.data / "studies"

    @property
    def manifests(self) -> Path:
        """Manifests of releases whose own folder holds none."""
        return self.data / "manifests"

    @property
    def corrections(self) -> Path:
        """Errors of the sources, with what to use instead."""
        return self.data / "corrections.yml"

    @property
    def warehouse(self) -> Path:
        """The file the pipeline writes; people read the published copy beside it."""
        return self.data / "warehouse" / "build" / "oib.duckdb"

    @property
    def lock(self) -> Path:
        """Held by whoever writes the warehouse or a report."""
        return self.data / "warehouse" / "refresh.lock"

    @property
    def published(self) -> Path:
        """The read-only copy for people."""
        return self.data / "warehouse" / "oib.duckdb"

    @property
    def reports(self) -> Path:
        """One folder a study."""
        return self.data / "reports"

    @property
    def quality(self) -> Path:
        """Evidence of the checks."""
        return self.data / "quality"

    @property
    def dagster_home(self) -> Path:
        """Dagster's own history; ``DAGSTER_HOME`` overrides it."""
        return Path(os.environ.get("DAGSTER_HOME") or self.data / "dagster")
