"""What can be wrong with a manifest, in words for the person who keeps it."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from oib_pipeline.contract.errors import Problem

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


def broken(folder: Path, manifest: Path, found: str) -> Problem:
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
