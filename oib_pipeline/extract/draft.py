"""A manifest drafted from a folder, for a person to complete."""

from __future__ import annotations

from pathlib import Path

import yaml

from oib_pipeline.extract.release import data_files, sha256

TO_COMPLETE = "TO COMPLETE"


def draft_manifest(folder: Path, series: str = "", edition: int | str = "") -> str:
    """YAML text of a manifest: files and checksums filled in, the rest marked to complete.

    ``series`` and ``edition``, where not given, are as the folder's name has them.
    """
    folder = Path(folder)
    named, _, year = folder.name.rpartition("-")
    series, edition = series or named, str(edition or year)
    lines = [
        f"release: {folder.name}",
        f"publisher: {TO_COMPLETE}  # who published it",
        f"series: {series or folder.name}  # a series of extract/layouts/series.csv",
        f"edition: {edition if edition.isdigit() else TO_COMPLETE}",
        f"data_years: [{TO_COMPLETE}, {TO_COMPLETE}]  # first and last; not the edition",
        f"licence: {TO_COMPLETE}",
        f"source: {TO_COMPLETE}  # citation, and where the files came from",
        f"retrieved: {TO_COMPLETE}  # as 2024-12-31",
        "synthetic: false",
    ]
    files = {name: sha256(folder / name) for name in data_files(folder)}
    text = yaml.safe_dump({"files": files}, allow_unicode=True, sort_keys=True, width=1000)
    return "\n".join(lines) + "\n" + text
