"""A number of a study's panel traced to its cells, from the published warehouse."""

from __future__ import annotations

from collections.abc import Sequence

from oib_pipeline.contract.errors import OibError
from oib_pipeline.settings import Settings
from oib_pipeline.study import read_study
from oib_pipeline.warehouse import Warehouse


def traced(settings: Settings, name: str, city: str, year: int, wanted: Sequence[str] = ()) -> str:
    """How each wanted variable, or each outcome, came about; a text for a terminal."""
    from oib_pipeline.panel import trace

    study = read_study(settings.studies / f"{name}.yml")
    if not settings.published.is_file():
        raise OibError(f"there is no {settings.published} yet: run `oib refresh` first")
    warehouse = Warehouse(settings.published)
    place = {"city_code": city}
    tables = {
        "panel": warehouse.read("core_study_panel", {"study": name, **place}),
        "indices": warehouse.read("core_indices", place),
        "sources": warehouse.read("core_sources", place),
        "conflicts": warehouse.read("core_conflicts", place),
        "findings": warehouse.read("core_findings", place),
    }
    texts = [trace(study, city, year, one, **tables).text() for one in wanted or study.outcomes]
    return "\n\n".join(texts)
