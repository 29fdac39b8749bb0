"""Releases, studies and tables present now, complete or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from oib_pipeline.contract.errors import OibError, SourceError
from oib_pipeline.settings import Settings
from oib_pipeline.study import Study, read_studies, read_study
from oib_pipeline.versions.digests import digest, file_digest


@dataclass(frozen=True)
class Arrival:
    """A release that lies in the raw folder, with the digests of its manifest and files."""

    release: str
    series: str
    synthetic: bool
    folder: Path
    manifest: Path
    files: Mapping[str, str]

    @property
    def digest(self) -> str:
        """SHA-256 over the manifest and every file."""
        return digest(*(text for pair in sorted(self.files.items()) for text in pair))


@dataclass(frozen=True)
class Inputs:
    """What a refresh starts from.

    Attributes
    ----------
    arrivals
        Whole releases in the raw folder that the studies asked for may use, by name.
    unlabelled
        Folders in the raw folder that hold files and no manifest.
    present
        Names of all folders of releases in the raw folder.
    studies, study_digests
        Studies asked for, and the digests of their files, by name.
    registry
        Digest of each registry table by name.
    corrections
        Digest of the corrections file; empty without one.
    complete
        Whether these are all the studies there are.
    registry_folder
        Where the registry's tables lie.
    waiting
        Releases that are not whole, as while they are copied, and what they lack, by name.
    aside, refused
        Releases whose refusal still holds, and the reasons, by name.
    """

    arrivals: dict[str, Arrival]
    unlabelled: tuple[str, ...]
    present: tuple[str, ...]
    studies: dict[str, Study]
    study_digests: dict[str, str]
    registry: dict[str, str]
    corrections: str
    complete: bool = True
    registry_folder: Path | None = None
    waiting: Mapping[str, SourceError] = field(default_factory=dict)
    aside: Mapping[str, Arrival] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def precedences(self) -> dict[str, Study]:
        """One study for each order of sources in use; it stands for all that share the order."""
        return {study.precedence: study for study in reversed(self.studies.values())}


def read_inputs(settings: Settings, only: Sequence[str] = ()) -> Inputs:
    """The inputs of every study, or of those named in ``only``.

    Raises
    ------
    OibError
        For a study that is not there or not valid.
    """
    from oib_pipeline.contract.manifest import find_releases

    studies = _studies(settings, only)
    found = find_releases(settings.raw, settings.manifests)
    arrivals, waiting = [], {}
    for item in found:
        try:
            if item.manifest:
                arrivals.append(_arrival(item.folder, item.manifest))
        except SourceError as error:
            waiting[item.release] = error
    return Inputs(
        arrivals={
            arrival.release: arrival for arrival in arrivals if any_study_uses(arrival, studies)
        },
        unlabelled=tuple(item.release for item in found if not item.manifest),
        present=tuple(item.release for item in found),
        studies=studies,
        study_digests={name: file_digest(settings.studies / f"{name}.yml") for name in studies},
        registry={path.stem: file_digest(path) for path in settings.registry.glob("*.csv")},
        corrections=file_digest(settings.corrections),
        complete=not only,
        registry_folder=settings.registry,
        waiting=waiting,
    )


def any_study_uses(release: Arrival, studies: dict[str, Study]) -> bool:
    """Whether any of these studies may take values from a release."""
    return any(study_uses(study, release.series, release.synthetic) for study in studies.values())


def study_uses(study: Study, series: str, synthetic: bool) -> bool:
    """Whether a study may take values from releases of a series."""
    return series in study.sources and synthetic == study.synthetic


def _studies(settings: Settings, only: Sequence[str]) -> dict[str, Study]:
    if only:
        return {name: read_study(settings.studies / f"{name}.yml") for name in sorted(set(only))}
    studies = read_studies(settings.studies)
    if not studies:
        raise OibError(f"{settings.studies} holds no study: add one, as relocation_2014.yml")
    return studies


def _arrival(folder: Path, manifest: Path) -> Arrival:
    from oib_pipeline.contract.manifest import MANIFEST, data_files, read_release, verify

    release = read_release(folder, manifest)
    files = {name: file_digest(folder / name) for name in data_files(folder)}
    if files != release.files and (problems := verify(release)):
        raise SourceError(problems)
    return Arrival(
        release=release.release,
        series=release.series,
        synthetic=release.synthetic,
        folder=folder,
        manifest=manifest,
        files={MANIFEST: file_digest(manifest), **files},
    )


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
    from oib_pipeline.panel.study_panel import expected_city_years
    from oib_pipeline.registry.registry import load_registry

    try:
        registry = load_registry(folder)
    except OibError:
        return {}
    found = {}
    for study in asked:
        try:
            expected_city_years(study, registry)
        except OibError as error:
            found[study.name] = str(error)
    return found
