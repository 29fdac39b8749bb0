"""release.yml: what a release is, its files and their checksums, and what is wrong with it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Annotated

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from oib_pipeline.contract.errors import Problem, SourceError


@dataclass(frozen=True)
class Declared:
    """A release's name, where its files are, and what they are said to be."""

    release: str
    folder: Path
    series: str
    edition: int | str
    data_years: tuple[int, int]


MANIFEST = "release.yml"


def file_problem(release: str, name: str, found: str, expected: str) -> Problem:
    """A file that is missing or altered."""
    todo = "Fetch the file again; if the publisher changed it, make it a release of its own."
    return Problem(release=release, file=name, found=found, expected=f"{expected}", todo=todo)


def no_manifest(folder: Path) -> Problem:
    """A folder without a manifest."""
    return Problem(
        release=folder.name,
        found="no manifest",
        expected=f"{MANIFEST} in the folder, or data/manifests/{folder.name}.yml",
        todo="`oib draft-manifest FOLDER` drafts one to complete.",
    )


def unreadable_manifest(folder: Path, manifest: Path, found: str) -> Problem:
    """A manifest that is none, or another release's."""
    return Problem(
        release=folder.name,
        file=Path(manifest).name,
        found=found,
        expected=f"a manifest of the release {folder.name!r}",
        todo="Mend the manifest.",
    )


def field_problems(folder: Path, manifest: Path, error: ValidationError) -> list[Problem]:
    """Fields that a manifest lacks or gets wrong, one problem each."""
    return [
        Problem(
            release=folder.name,
            file=Path(manifest).name,
            cell=".".join(str(part) for part in detail["loc"]),
            found=repr(detail["input"])[:120] if detail["type"] != "missing" else "nothing",
            expected=detail["msg"].removeprefix("Value error, "),
            todo="Complete the manifest.",
        )
        for detail in error.errors()
    ]


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True)
class Found:
    """A folder that holds a release, and its manifest where there is one."""

    release: str
    folder: Path
    manifest: Path | None


class Release(BaseModel):
    """What a manifest declares of a release, and the folder it was found in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    release: Text
    publisher: Text
    series: Text
    edition: int | Text
    data_years: tuple[int, int]
    licence: Text
    source: Text
    retrieved: date
    synthetic: bool
    files: Annotated[dict[str, Sha256], Field(min_length=1)]
    folder: Path = Field(exclude=True)

    @field_validator("files")
    @classmethod
    def _plain_names(cls, files: dict[str, str]) -> dict[str, str]:
        for name in files:
            if name != PurePosixPath(name).name or name in {"", ".", ".."} or "\\" in name:
                raise ValueError(f"{name!r} is no plain file name inside the release's folder")
        return dict(sorted(files.items()))

    @model_validator(mode="after")
    def _years_in_order(self) -> Release:
        first, last = self.data_years
        if not 1900 <= first <= last <= 2200:
            raise ValueError(f"data_years [{first}, {last}] are not a first and a last year")
        if isinstance(self.edition, int) and last > self.edition:
            raise ValueError(f"data year {last} lies after the {self.edition} edition")
        return self

    @property
    def paths(self) -> dict[str, Path]:
        """Files of the release by name, in the order of their names."""
        return {name: self.folder / name for name in self.files}

    @property
    def declared(self) -> Declared:
        """What reading its files needs to know."""
        return Declared(self.release, self.folder, self.series, self.edition, self.data_years)

    @property
    def digest(self) -> str:
        """SHA-256 over everything the manifest declares, the files' checksums among it."""
        declared = self.model_dump(mode="json")
        text = json.dumps(declared, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def find_releases(raw_dir: Path, manifests_dir: Path | None = None) -> list[Found]:
    """Folders under ``raw_dir`` that hold a release, sorted by name.

    A folder counts when it holds files; its manifest is its own ``release.yml``, or else
    ``<manifests_dir>/<folder name>.yml``, or none yet.
    """
    found = []
    for folder in sorted(path for path in Path(raw_dir).iterdir() if path.is_dir()):
        if folder.name.startswith((".", "_")):
            continue
        if any(path.is_file() for path in folder.iterdir()):
            found.append(Found(folder.name, folder, manifest_of(folder, manifests_dir)))
    return found


def manifest_of(folder: Path, manifests_dir: Path | None = None) -> Path | None:
    """The manifest of a release folder: its own, or the one kept for it elsewhere."""
    candidates = [Path(folder) / MANIFEST]
    if manifests_dir is not None:
        candidates.append(Path(manifests_dir) / f"{Path(folder).name}.yml")
    return next((path for path in candidates if path.is_file()), None)


def read_release(folder: Path, manifest: Path | None = None) -> Release:
    """The release in a folder, its manifest read and validated (its files not yet verified).

    Raises
    ------
    SourceError
        Where there is no manifest, or it is not whole; one problem for each field.
    """
    folder = Path(folder)
    manifest = manifest or manifest_of(folder)
    if manifest is None:
        raise SourceError([no_manifest(folder)])
    try:
        declared = yaml.safe_load(Path(manifest).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SourceError(
            [unreadable_manifest(folder, manifest, " ".join(str(error).split()))]
        ) from error
    if not isinstance(declared, dict):
        raise SourceError([unreadable_manifest(folder, manifest, "no fields")])
    try:
        release = Release(**{**declared, "folder": folder})
    except ValidationError as error:
        raise SourceError(field_problems(folder, manifest, error)) from error
    if release.release != folder.name:
        raise SourceError([unreadable_manifest(folder, manifest, f"release: {release.release}")])
    return release


def verify(release: Release) -> list[Problem]:
    """Files that are missing, altered or not declared; empty where all is as declared."""
    problems = []
    for name, expected in release.files.items():
        path = release.folder / name
        if not path.is_file():
            problems.append(file_problem(release.release, name, "no such file", "the file"))
        elif (actual := sha256(path)) != expected:
            problems.append(
                file_problem(release.release, name, f"sha256 {actual}", f"sha256 {expected}")
            )
    problems += [
        Problem(
            release=release.release,
            file=name,
            found="a file that the manifest does not name",
            expected=f"only the {len(release.files)} files of the manifest",
            todo=f"Add it to `files` with sha256 {sha256(release.folder / name)}, or move it away.",
        )
        for name in undeclared(release)
    ]
    return problems


def undeclared(release: Release) -> list[str]:
    """Files in the folder that the manifest does not name, system files apart."""
    return [name for name in data_files(release.folder) if name not in release.files]


def data_files(folder: Path) -> list[str]:
    """Names of a folder's files, without the manifest, hidden and lock files."""
    return sorted(
        path.name
        for path in Path(folder).iterdir()
        if path.is_file()
        and path.name not in {MANIFEST, "Thumbs.db"}
        and not path.name.startswith((".", "~$"))
    )


def sha256(path: Path) -> str:
    """Checksum of a file's bytes."""
    with Path(path).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
