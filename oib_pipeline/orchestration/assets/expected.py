"""What studies expect of the core tables: years, cities and scope, for each order of sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oib_pipeline.orchestration.project import Project


def expectations(project: Project, precedence: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name of each study with this order of sources, and the years, cities and scope it expects.

    Only years that its releases declare: the lack of others stops the study, and not the tables
    that it shares with others.
    """
    releases = {"release": project.chain().releases_for(precedence)}
    declared = project.warehouse.read("raw_releases", releases)[["first_year", "last_year"]]
    held = {
        year
        for first, last in declared.itertuples(index=False)
        for year in range(int(first), int(last) + 1)
    }
    for study in project.inputs.studies.values():
        if study.precedence == precedence:
            cities = project.registry.sample(study.sample)
            yield (
                study.name,
                {
                    "years": [year for year in study.year_list if year in held],
                    "cities": cities,
                    "scope": study.scope,
                },
            )
