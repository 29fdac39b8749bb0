"""A release's files, read one after another."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from oib_pipeline.contract.errors import OibError, Problem, SourceError
from oib_pipeline.extract.grid import Grid
from oib_pipeline.extract.layout import Layout, load_layout
from oib_pipeline.extract.layout_tables import FOLDER
from oib_pipeline.extract.place import Resolver
from oib_pipeline.extract.release import Release
from oib_pipeline.extract.sheets import FileReading, read_file
from oib_pipeline.extract.table import BlockReader
from oib_pipeline.extract.workbook import is_workbook, read_grids
from oib_pipeline.registry import Registry


def read_files(
    release: Release, registry: Registry, layouts: Path = FOLDER
) -> Iterator[FileReading]:
    """Each file's readings, in the order of names; a file that cannot be read gives its problem."""
    try:
        layout = load_layout(release.series, layouts).for_release(release.edition)
    except OibError as error:
        raise SourceError([_no_layout(release, str(error))]) from error
    yield from _lagged(release, layout)
    reader = BlockReader(release, layout, Resolver(layout, registry))
    for name, grids in _grids(release):
        if isinstance(grids, SourceError):
            yield FileReading(name, problems=grids.problems)
        elif grids is None:
            yield FileReading(name, skipped=[("", name, "not a workbook")])
        else:
            yield read_file(name, grids, reader)


def _grids(release: Release) -> Iterator[tuple[str, list[Grid] | SourceError | None]]:
    """Grids of each file in turn, the next two parsed meanwhile: no more are held at once."""
    waiting = list(release.files)
    with ThreadPoolExecutor(max_workers=2) as pool:
        ahead: list[tuple[str, Future]] = []
        while waiting or ahead:
            while waiting and len(ahead) < 2:
                name = waiting.pop(0)
                ahead.append((name, pool.submit(_load, release, name)))
            name, future = ahead.pop(0)
            yield name, future.result()


def _load(release: Release, name: str) -> list[Grid] | SourceError | None:
    path = release.folder / name
    try:
        return read_grids(path, release.release) if is_workbook(path) else None
    except SourceError as error:
        return error


def _lagged(release: Release, layout: Layout) -> Iterator[FileReading]:
    """The problem of an edition that cannot hold the data years its manifest declares."""
    if isinstance(release.edition, int) and layout.edition_lag:
        latest = release.edition - layout.edition_lag
        if release.data_years[1] > latest:
            problem = Problem(
                release=release.release,
                found=f"data year {release.data_years[1]} in the {release.edition} edition",
                expected=f"{latest} at the latest: edition is not data year",
                todo="Correct data_years in the manifest.",
            )
            yield FileReading("", problems=[problem])


def _no_layout(release: Release, message: str) -> Problem:
    return Problem(
        release=release.release,
        found=f"series {release.series!r}",
        expected="a series of layouts/series.csv",
        todo=message,
    )
