"""A release of workbooks -> observations, each with the cell it stands in.

Names are loaded when first asked for: reading a manifest costs no workbook reader.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oib_pipeline.extract.draft import draft_manifest
    from oib_pipeline.extract.inspect import Inspection, inspect_path
    from oib_pipeline.extract.observations import Extraction, extract_release
    from oib_pipeline.extract.release import (
        Release,
        find_releases,
        manifest_of,
        read_release,
        verify,
    )

__all__ = [
    "Extraction",
    "Inspection",
    "Release",
    "draft_manifest",
    "extract_release",
    "find_releases",
    "inspect_path",
    "manifest_of",
    "read_release",
    "verify",
]

_HOME = {
    "Extraction": "observations",
    "Inspection": "inspect",
    "draft_manifest": "draft",
    "extract_release": "observations",
    "inspect_path": "inspect",
} | dict.fromkeys(("Release", "find_releases", "manifest_of", "read_release", "verify"), "release")


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
