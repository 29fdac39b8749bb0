"""What studies expect of the core tables: years, cities and scope, for each order of sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oib_pipeline.orchestration.project import Project


def expectations(project: Project, precedence: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name of each study with this order of sources, and the years, cities and scope it expects."""
    for study in project.inputs.studies.values():
        if study.precedence == precedence:
            cities = project.registry.sample(study.sample)
            yield (
                study.name,
                {"years": study.year_list, "cities": cities, "scope": study.scope},
            )
