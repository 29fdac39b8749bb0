"""Rows put into the registry's tables and taken out, every other byte left as it was."""

from __future__ import annotations

import csv
import io
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from oib_pipeline.contract.errors import OibError

Row = Mapping[str, str]
HAND, COMMAND = "added by hand", "oib add-city"
OWN = f"{HAND} ({COMMAND})"  # source of a row that the command wrote


class Table:
    """One csv file of the registry as lines, edited in memory.

    Raises
    ------
    OibError
        Where the file is missing or a row runs over several lines.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise OibError(f"{path} is missing: the registry needs it")
        self.path = path
        text = path.read_bytes().decode("utf-8-sig")
        self.mark = path.read_bytes().startswith(b"\xef\xbb\xbf")
        self.end = "\r\n" if "\r\n" in text else "\n"
        self.lines = text.splitlines()
        parsed = list(csv.reader(self.lines))
        if len(parsed) != len(self.lines):
            raise OibError(f"{path}: a row runs over several lines; put each on one")
        self.columns = parsed[0]

    @property
    def rows(self) -> list[dict[str, str]]:
        """Rows as the file has them now."""
        return [dict(zip(self.columns, row, strict=False)) for row in csv.reader(self.lines[1:])]

    def insert(self, row: Row, group: Sequence[str], order: str) -> None:
        """A row before the first of its group that comes after it, else behind the group."""
        rows = self.rows
        inside = [i for i, other in enumerate(rows) if all(other[g] == row[g] for g in group)]
        after = [i for i in inside if rows[i][order] > row[order]]
        place = after[0] if after else inside[-1] + 1 if inside else len(rows)
        self.lines.insert(place + 1, _line([row.get(name, "") for name in self.columns]))

    def remove(self, wanted: Callable[[dict[str, str]], bool]) -> int:
        """Number of rows taken out."""
        keep = [not wanted(row) for row in self.rows]
        before = len(self.lines)
        pairs = zip(self.lines[1:], keep, strict=True)
        self.lines = [self.lines[0], *(line for line, kept in pairs if kept)]
        return before - len(self.lines)

    def content(self) -> bytes:
        """The file as it is to be."""
        text = self.end.join(self.lines) + self.end
        return (b"\xef\xbb\xbf" if self.mark else b"") + text.encode()


def write_tables(folder: Path, changed: Sequence[Table]) -> None:
    """Tables written, each in one step, after the whole registry was read with them and held.

    Raises
    ------
    OibError
        Where the registry would contradict itself; nothing is written then.
    """
    from oib_pipeline.registry import load_registry

    with tempfile.TemporaryDirectory() as place:
        tried = Path(place, "registry")
        shutil.copytree(folder, tried)
        for table in changed:
            (tried / table.path.name).write_bytes(table.content())
        try:
            load_registry(tried)
        except OibError as error:
            raise OibError(str(error).replace(str(tried), str(folder))) from error
    drafts = [
        (table, table.path.with_name(f".{table.path.name}.{os.getpid()}")) for table in changed
    ]
    try:
        for table, draft in drafts:
            draft.write_bytes(table.content())
            shutil.copymode(table.path, draft)
        for table, draft in drafts:
            draft.replace(table.path)
    finally:
        for _, draft in drafts:
            draft.unlink(missing_ok=True)


def _line(cells: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(cells)
    return buffer.getvalue()
