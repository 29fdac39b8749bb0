"""Marks of footnotes after names of places (温州市①): no part of a name if a note explains them."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from oib_pipeline.extract.blocks import Block
from oib_pipeline.extract.grid import address, as_text, numbered
from oib_pipeline.extract.place import Resolver
from oib_pipeline.extract.reading import Reading

SHOWN = 12
_MARK = re.compile(
    r"\s*((?:[\u2460-\u2473\u2474-\u2487\u2776-\u277f\u00b9\u00b2\u00b3\u2070-\u2079*＊※†‡§#▲△●○★☆◆◇]"
    r"|[\[(（［]\s*\d{1,2}\s*[\])）］])+)\s*$"
)
_NOTE = re.compile(r"\s*(?:附?注|说明|备注|notes?\b)", re.IGNORECASE)


def without_name_marks(reading: Reading, block: Block, resolver: Resolver) -> Block:
    """The block with its places named without marks, which are told of in one line.

    A mark that no note of the page explains is a fault: it may be part of what the row is.
    """
    column = block.labels["city"]
    ids, uniques = numbered(block.grid.cells[slice(*block.data), column])
    marked = {
        index: (match.string[: match.start()], match[1])
        for index, value in enumerate(uniques)
        if (match := _MARK.search(as_text(value))) and _named(match, resolver)
    }
    if not marked:
        return block
    notes = _notes(block)
    for explained in (True, False):
        mine = {
            index: mark
            for index, (_, mark) in marked.items()
            if any(note == mark or _explains(note, mark) for note in notes) is explained
        }
        if mine:
            rows = np.flatnonzero(np.isin(ids, [*mine]))
            _tell(reading, block, rows, [as_text(uniques[i]).strip() for i in mine], explained)
    cells = block.grid.cells.copy()
    for index, (name, _) in marked.items():
        cells[np.flatnonzero(ids == index) + block.data[0], column] = name
    return replace(block, grid=replace(block.grid, cells=cells))


def _named(match: re.Match[str], resolver: Resolver) -> bool:
    """Whether a place is named before the mark, and none with it."""
    name = match.string[: match.start()]
    known = resolver.is_place(name) or resolver.names.county_level(name, 0) is not None
    return known and not resolver.is_place(match.string)


def _notes(block: Block) -> set[str]:
    """Texts from the data of the block on that begin as a note does, or with a mark."""
    cells = block.grid.cells[block.data[0] :].ravel().tolist()
    texts = {value.strip() for value in cells if isinstance(value, str) and value.strip()}
    return {text for text in texts if _NOTE.match(text) or _MARK.match(text[:1])}


def _explains(note: str, mark: str) -> bool:
    return mark in note and len(note) > len(mark)


def _tell(
    reading: Reading, block: Block, rows: np.ndarray, names: list[str], explained: bool
) -> None:
    cell = address(block.data[0] + int(rows[0]), block.labels["city"])
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    found = f"marks of notes after {'、'.join(names[:SHOWN])}{more}"
    if explained:
        reading.note(cell, found, "names of places", "A note of the page explains them; the names "
                     "were read without.")  # fmt: skip
        return
    reading.fault(
        cell,
        found,
        "names of places, or a note on the page (注：...) that explains the marks",
        "Put the note below the table as the page prints it; if it prints none, take the marks out "
        "of the cells.",
    )
