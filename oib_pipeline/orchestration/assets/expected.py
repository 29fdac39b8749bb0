"""What studies expect of the core tables: years, cities and scope, for each order of sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oib_pipeline.orchestration.project import Project


def expectations(project: Project, precedence: str) -> Iterator[dict[str, Any]]:
    """Years, cities and scope that each study with this order of sources expects."""
    for study in project.inputs.studies.values():
        if study.precedence == precedence:
            yield {
                "years": study.year_list,
                "cities": project.registry.sample(study.sample),
                "scope": study.scope,
            }
