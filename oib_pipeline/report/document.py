"""A whole document: its sections, and the words and anchors of what can be referred to."""

from __future__ import annotations

from dataclasses import dataclass

from oib_pipeline.report.blocks import Figure, Part, Section, Table
from oib_pipeline.report.numbering import FIGURES, TABLES, numbers


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
