"""Studies that do not fit the registry, found before anything is made for them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from oib_pipeline.contract.errors import OibError
from oib_pipeline.study import Study


def unfit_studies(folder: Path, studies: Iterable[Study]) -> dict[str, str]:
    """Why each of some studies cannot be estimated with the registry as it is, by name.

    A registry that cannot be read at all says so where it is first needed, and not here.

    Parameters
    ----------
    folder
        The registry's tables.
    """
    asked = list(studies)
    if not asked:
        return {}
    from oib_pipeline.panel.design import design
    from oib_pipeline.registry import load_registry

    try:
        registry = load_registry(folder)
    except OibError:
        return {}
    found = {}
    for study in asked:
        try:
            design(study, registry)
        except OibError as error:
            found[study.name] = str(error)
    return found
