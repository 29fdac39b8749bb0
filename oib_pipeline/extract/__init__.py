"""A release of workbooks -> observations, each with the cell it stands in."""

from oib_pipeline.extract.draft import draft_manifest
from oib_pipeline.extract.observations import Extraction, extract_release
from oib_pipeline.extract.release import Release, find_releases, manifest_of, read_release, verify

__all__ = [
    "Extraction",
    "Release",
    "draft_manifest",
    "extract_release",
    "find_releases",
    "manifest_of",
    "read_release",
    "verify",
]
