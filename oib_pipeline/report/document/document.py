"""A whole document: sections, numbering, the specification of each estimate."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from string import ascii_lowercase

import pandas as pd

from oib_pipeline.analysis.catalogue import RESULTS, Declared, ExtraTable
from oib_pipeline.report.document.blocks import Block, Cell, Figure, Part, Row, Section, Table
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.study import Reproduction

TABLES = {
    "headline": "S1",
    "checks-summary": "S2",
    "moved-effects": "C1",
    "moved-estimates": "C2",
    "changed-inputs": "C3",
    "revised-values": "C4",
    "releases": "D1",
    "sources": "D2",
    "missing": "D3",
    "policy-documents": "1",
    "variables": "2",
    "left-out": "2b",
    "repaired-values": "A3",
    "corrections": "A4",
    "conflicting-values": "A5",
    "findings-by-rule": "A6",
    "file-findings": "A7",
    "specifications-table": "A8",
    "inputs-list": "A9",
    "skipped": "A10",
} | {name: at for one in RESULTS.values() for name, at in one.report_tables.items()}
FIGURES = {
    "coverage": "D1",
    "city-coverage": "D2",
    "policy-timeline": "1",
    "map": "2",
    "trends": "3",
    "pilots": "4",
} | {name: at for one in RESULTS.values() for name, at in one.report_figures.items()}


def numbers(names: Sequence[str], known: dict[str, str], prefix: str = "") -> dict[str, str]:
    """The number of each name: its family's, with a letter where it has several of them.

    A family is a known name, or one followed by ``-`` and an outcome. Names of no family are
    counted in the order they stand in, past the numbers that are taken.
    """
    families: dict[str, list[str]] = {}
    for name in names:
        families.setdefault(_family(name, known), []).append(name)
    found: dict[str, str] = {}
    for family, members in families.items():
        if family in known:
            several = len(members) > 1
            for letter, name in zip(ascii_lowercase, members, strict=False):
                found[name] = known[family] + (letter if several else "")
    taken = set(known.values()) if found else set()
    free = _free(taken, prefix)
    return found | {name: next(free) for name in names if name not in found}


def _family(name: str, known: dict[str, str]) -> str:
    if name in known:
        return name
    return max((one for one in known if name.startswith(f"{one}-")), key=len, default=name)


def _free(taken: set[str], prefix: str) -> Iterator[str]:
    count = 0
    while True:
        count += 1
        if f"{prefix}{count}" not in taken:
            yield f"{prefix}{count}"


@dataclass(frozen=True)
class Document:
    """A whole document; ``banner`` stands on every page, ``dated`` is the date of its inputs.

    ``files``: what else there is, as words and the file beside the page. ``places``: names that
    ``[[name]]`` may give beside those of the document, each with its words and its file.
    ``beside``: whether its tables and figures are also there as files.
    """

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    banner: str = ""
    dated: str = ""
    files: tuple[tuple[str, str], ...] = ()
    places: tuple[tuple[str, str, str], ...] = ()
    beside: bool = True

    def tables(self) -> list[Table]:
        """Every table, in order."""
        return [b for section in self.sections for b in section.blocks if isinstance(b, Table)]

    def figures(self) -> list[Figure]:
        """Every figure, in order."""
        return [b for section in self.sections for b in section.blocks if isinstance(b, Figure)]

    def references(self) -> dict[str, str]:
        """Words for everything that can be referred to: Table 4, Figure A2, a section's title."""
        words: dict[str, str] = {}
        for prefix, names in self._names(Table).items():
            words |= {n: f"Table {at}" for n, at in numbers(names, TABLES, prefix).items()}
        for prefix, names in self._names(Figure).items():
            words |= {n: f"Figure {at}" for n, at in numbers(names, FIGURES, prefix).items()}
        words |= {section.anchor: section.title for section in self.sections}
        return words | {name: said for name, said, _ in self.places}

    def anchors(self) -> set[str]:
        """Everything in the document that a link can lead to."""
        blocks = [block for section in self.sections for block in section.blocks]
        found = {section.anchor for section in self.sections}
        found |= {block.anchor for block in blocks if isinstance(block, Part)}
        found |= {block.name for block in blocks if isinstance(block, Table | Figure)}
        cells = (c for t in self.tables() for row in t.rows for c in row.cells)
        return found | {cell.anchor for cell in cells if cell.anchor}

    def _names(self, kind: type[Table] | type[Figure]) -> dict[str, list[str]]:
        """Names of the tables or figures of the body and, under A, of the appendix."""
        found: dict[str, list[str]] = {"": [], "A": []}
        for section in self.sections:
            prefix = "A" if section.appendix else ""
            found[prefix] += [block.name for block in section.blocks if isinstance(block, kind)]
        return found


@dataclass(frozen=True)
class Origin:
    """One fitted model: the result it belongs to, its rows, and the anchor it is found under."""

    result: str
    model: str
    outcome: str
    rows: pd.DataFrame

    @property
    def anchor(self) -> str:
        """A name that a link can lead to."""
        words = (self.result, self.model, self.outcome)
        return "-".join(["spec", *(re.sub(r"[^a-z0-9]+", "-", word.lower()) for word in words)])


def origins(inputs: ReportInputs) -> list[Origin]:
    """Every model of the results that name theirs, in the order of the report."""
    found = []
    placed = sorted(RESULTS.values(), key=lambda one: one.place)
    listed = [name for one in placed if one.named == "each" for name in _with_models(one)]
    for result in listed:
        frame = inputs.frame(result)
        if frame.empty or not {"model", "outcome", "estimate"} <= set(frame.columns):
            continue
        for (model, outcome), rows in frame.groupby(["model", "outcome"], sort=False):
            found.append(Origin(result, str(model), str(outcome), rows))
    many = [one.name for one in placed if one.named == "by outcome"]
    return found + [origin for result in many for origin in _many(inputs, result)]


def _with_models(one: Declared) -> list[str]:
    """The tables of a result whose rows are estimates, under the names the report has for them."""
    extra = [table.name.removeprefix("est_") for table in one.extra_tables if table.estimator]
    return [*([one.name] if one.estimator else []), *extra]


def estimated_by(result: str) -> tuple[str, str]:
    """What the report calls the models of a table of estimates, and the function that fits them."""
    for one in RESULTS.values():
        filled: tuple[Declared | ExtraTable, ...] = (one, *one.extra_tables)
        for table in filled:
            if table.name.removeprefix("est_") == result:
                return table.title, f"oib_pipeline.estimation.{table.estimator}"
    raise KeyError(result)


def _many(inputs: ReportInputs, result: str) -> list[Origin]:
    """Results of too many models to name each: one an outcome, all of them in the csv."""
    frame = inputs.frame(result)
    if frame.empty or not {"model", "outcome", "estimate"} <= set(frame.columns):
        return []
    return [
        Origin(result, f"all {rows['model'].nunique()}", str(outcome), rows)
        for outcome, rows in frame.groupby("outcome", sort=False)
    ]


def link_estimates(sections: list[Section], inputs: ReportInputs) -> list[Section]:
    """The sections with each printed estimate linked to its model."""
    homes: dict[float, str] = {}
    for origin in origins(inputs):
        for estimate in origin.rows["estimate"].dropna():
            homes.setdefault(float(estimate), f"#{origin.anchor}")
    return [
        replace(
            section,
            blocks=tuple(
                _table(block, homes) if isinstance(block, Table) else block
                for block in section.blocks
            ),
        )
        for section in sections
    ]


def _table(table: Table, homes: Mapping[float, str]) -> Table:
    """Numbers are told by their unrounded value: an estimate is not met twice by chance."""
    return replace(table, rows=tuple(_row(row, homes) for row in table.rows))


def _row(row: Row, homes: Mapping[float, str]) -> Row:
    return replace(row, cells=tuple(_cell(cell, homes) for cell in row.cells))


def _cell(cell: Cell, homes: Mapping[float, str]) -> Cell:
    home = homes.get(cell.value, "") if cell.value is not None and not cell.link else ""
    return replace(cell, link=home) if home else cell


def beside_paper(sections: list[Section], paper: Reproduction | None) -> list[Section]:
    """The sections with the paper's own numbers and notes; as they are without a paper."""
    if paper is None:
        return sections
    return [
        replace(section, blocks=tuple(_beside(block, paper) for block in section.blocks))
        for section in sections
    ]


def _beside(block: Block, paper: Reproduction) -> Block:
    if not isinstance(block, Table | Figure):
        return block
    note = paper.notes.get(block.name, "")
    notes = (*block.notes, note) if note else block.notes
    return replace(block, paper=paper.shows.get(block.name, ""), notes=notes)
