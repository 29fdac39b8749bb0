"""What a file or a release would give: each table as understood, and all that is in its way."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from oib_pipeline.contract.errors import Problem, SourceError
from oib_pipeline.extract.coverage import note_missing_cities
from oib_pipeline.extract.differences import differences
from oib_pipeline.extract.draft import draft_manifest
from oib_pipeline.extract.files import read_files
from oib_pipeline.extract.findings import findings
from oib_pipeline.extract.observations import assemble, nothing_read
from oib_pipeline.extract.provisional import at_odds, provisional
from oib_pipeline.extract.release import (
    Release,
    find_releases,
    manifest_of,
    read_release,
    sha256,
    verify,
)
from oib_pipeline.extract.render import render
from oib_pipeline.extract.sheets import FileReading
from oib_pipeline.extract.years import lost_years
from oib_pipeline.registry import Registry


@dataclass(frozen=True)
class Inspection:
    """What was found; nothing is written.

    ``files`` are the readings, ``problems`` all that refuses the release, ``findings`` what to know
    although it loads, ``differences`` what changed since ``previous``, ``draft`` a manifest to
    complete where there is none.
    """

    release: Release
    files: list[FileReading]
    problems: list[Problem]
    n_observations: int
    findings: pd.DataFrame
    previous: str = ""
    differences: list[str] = field(default_factory=list)
    draft: str = ""

    @property
    def loads(self) -> bool:
        """Whether the release would load as it is."""
        return not self.problems

    def text(self) -> str:
        """All of it for a terminal."""
        return render(self)


def inspect_path(
    path: Path,
    registry: Registry,
    manifests_dir: Path | None = None,
    previous: Path | None = None,
    series: str = "",
    edition: int | str = "",
) -> Inspection:
    """Inspect one workbook, or a folder of them.

    Without a manifest ``series`` and ``edition`` say what it is, or else the folder's name
    as far as it goes, and a manifest is drafted. What is given and a manifest, or the folder's
    name, has otherwise is a problem. ``previous`` is the folder to compare with; by
    default the latest earlier edition of the series beside this one.

    Raises
    ------
    SourceError
        Where the path is nothing that can be inspected, or its series is not known.
    """
    path = Path(path).resolve()
    folder = path if path.is_dir() else path.parent
    manifest = manifest_of(folder, manifests_dir)
    problems: list[Problem] = []
    draft = ""
    if manifest is None:
        release = provisional(folder, series, edition, path.name if path.is_file() else "")
        draft = draft_manifest(folder, series, edition)
        if path.is_dir():
            problems.append(_needs_manifest(folder))
    else:
        release = read_release(folder, manifest)
        problems += [p for p in verify(release) if path.is_dir() or p.file == path.name]
    problems += at_odds(folder, series, edition, None if manifest is None else release)
    if path.is_file():
        release = release.model_copy(update={"files": {path.name: sha256(path)}})
    files = list(read_files(release, registry))
    note_missing_cities(files, registry)
    problems += [problem for file in files for problem in file.all_problems]
    observations, _ = assemble(release, files, problems)
    if path.is_dir():
        problems += nothing_read(release, files, problems, len(observations))
    if manifest is not None and path.is_dir():
        refused = {problem.file for problem in problems}  # its years are lost with the rest of it
        problems += [p for p in lost_years(release, observations) if p.file not in refused]
    earlier = (previous or _previous(release, manifests_dir)) if path.is_dir() else None
    before = _read_earlier(earlier, manifests_dir, registry) if earlier else None
    return Inspection(
        release,
        files,
        problems,
        len(observations),
        findings(files, observations, release.series, release.edition),
        earlier.name if earlier and before else "",
        differences(before, files) if before else [],
        draft,
    )


def _needs_manifest(folder: Path) -> Problem:
    return Problem(
        release=folder.name,
        found="no manifest",
        expected=f"release.yml in the folder, or data/manifests/{folder.name}.yml",
        todo="Complete the draft below and save it there.",
    )


def _previous(release: Release, manifests_dir: Path | None) -> Path | None:
    """Folder of the latest earlier edition of a release's series beside it."""
    if not isinstance(release.edition, int):
        return None
    earlier = []
    for found in find_releases(release.folder.parent, manifests_dir):
        if found.manifest is None or found.release == release.release:
            continue
        try:
            other = read_release(found.folder, found.manifest)
        except SourceError:
            continue
        same = (other.series, other.synthetic) == (release.series, release.synthetic)
        if same and isinstance(other.edition, int) and other.edition < release.edition:
            earlier.append((other.edition, found.folder))
    return max(earlier)[1] if earlier else None


def _read_earlier(
    folder: Path, manifests_dir: Path | None, registry: Registry
) -> list[FileReading]:
    manifest = manifest_of(folder, manifests_dir)
    release = read_release(folder, manifest) if manifest else provisional(Path(folder).resolve())
    return list(read_files(release, registry))
