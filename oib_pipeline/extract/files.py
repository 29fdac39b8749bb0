"""A release's files -> a reading of each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from oib_pipeline.contract.errors import OibError, Problem, SourceError
from oib_pipeline.extract.layout import Layout
from oib_pipeline.extract.layout_tables import FOLDER
from oib_pipeline.extract.one_file import FileReader
from oib_pipeline.extract.release import Release
from oib_pipeline.extract.share import helpers, read_together
from oib_pipeline.extract.sheets import FileReading
from oib_pipeline.registry import Registry


def read_files(
    release: Release, registry: Registry, layouts: Path = FOLDER
) -> Iterator[FileReading]:
    """Each file's readings, in the order of names; a file that cannot be read gives its problem.

    A large release is read by several processes, to the same result.
    """
    job = (release.declared, registry.gazetteer, layouts)
    try:
        reader = FileReader(*job)
    except OibError as error:
        raise SourceError([_no_layout(release, str(error))]) from error
    yield from _lagged(release, reader.layout)
    if count := helpers(release):
        yield from read_together(release, reader.read, job, count)
    else:
        yield from map(reader.read, release.files)


def _lagged(release: Release, layout: Layout) -> Iterator[FileReading]:
    """The problem of an edition that is not of the data years its manifest declares."""
    if isinstance(release.edition, int) and layout.edition_lag:
        latest = release.edition - layout.edition_lag
        if release.data_years[1] != latest:
            problem = Problem(
                release=release.release,
                found=f"data year {release.data_years[1]} in the {release.edition} edition",
                expected=f"{latest} as the last: edition is not data year",
                todo="Correct data_years or the edition in the manifest.",
            )
            yield FileReading("", problems=[problem])


def _no_layout(release: Release, message: str) -> Problem:
    return Problem(
        release=release.release,
        found=f"no layout of the series {release.series!r} that can be used",
        expected="a series of layouts/series.csv, and rows in layouts/ that say what they have to",
        todo=message,
    )
