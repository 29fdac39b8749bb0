"""A release of workbooks to observations, each with the cell it was read from."""

from oib_pipeline.contract.manifest import Release, find_releases, manifest_of, read_release, verify
from oib_pipeline.extract.draft import draft_manifest
from oib_pipeline.extract.inspect import Inspection, inspect_path
from oib_pipeline.extract.release import Extraction, extract_release

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
