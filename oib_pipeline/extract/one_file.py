"""One file of a release -> its reading; whatever goes wrong in it is a problem with its name."""

from __future__ import annotations

from pathlib import Path

from oib_pipeline.contract.errors import Problem, SourceError
from oib_pipeline.extract.declared import Declared
from oib_pipeline.extract.layout import load_layout
from oib_pipeline.extract.layout_tables import FOLDER
from oib_pipeline.extract.place import Resolver
from oib_pipeline.extract.sheets import FileReading, read_file
from oib_pipeline.extract.table import BlockReader
from oib_pipeline.extract.workbook import each_grid, is_companion
from oib_pipeline.registry.gazetteer import Gazetteer


class FileReader:
    """Reads the files of one release, remembering the names it has resolved."""

    def __init__(self, release: Declared, names: Gazetteer, layouts: Path = FOLDER) -> None:
        self.release = release
        self.layout = load_layout(release.series, layouts).for_release(release.edition)
        self.blocks = BlockReader(release, self.layout, Resolver(self.layout, names))

    def read(self, name: str) -> FileReading:
        """What a file gave; one that cannot be read gives its problem."""
        path = self.release.folder / name
        try:
            if is_companion(path):
                return FileReading(name, skipped=[("", name, "a document, not a workbook")])
            return read_file(name, each_grid(path, self.release.release), self.blocks)
        except SourceError as error:
            return FileReading(name, problems=list(error.problems))
        except Exception as error:
            return broke_off(self.release.release, name, f"{type(error).__name__}: {error}")


def broke_off(release: str, name: str, how: str) -> FileReading:
    """The reading of a file at which the program itself failed."""
    problem = Problem(
        release=release,
        file=name,
        found=f"a file at which reading broke off ({how})",
        expected="a workbook that can be read to its end",
        todo="Save it anew as a plain workbook; if that does not help, report it: "
        "the program should have said what is wrong.",
    )
    return FileReading(name, problems=[problem])
