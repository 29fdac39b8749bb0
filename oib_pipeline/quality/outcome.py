"""Outcome: what a check found, as data, markdown or html."""

from __future__ import annotations

import html
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd


SPECIAL = {character: f"&#{ord(character)};" for character in "&<>|`*~[]()!#\\\"'$^{}"}
OUTER_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
LIST_MARK = re.compile(r"^([-+]|\d+\.)(?=\s|$)")
# Renderers turn a bare address into a link even after entities are decoded: break it invisibly.
ADDRESS = re.compile(r"(?i)(://|@|\bwww\.)")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
REORDERING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


def cell_text(value: Any) -> str:
    """A value as one line of text; a missing one is empty."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    text = f"{value:.10g}" if isinstance(value, float) else str(value)
    return "" if text in {"<NA>", "NaT"} else plain(text)


def plain(text: str) -> str:
    """Text without line breaks, control characters or marks that reorder what is read."""
    return REORDERING.sub("\ufffd", UNPRINTABLE.sub(" ", text)).strip()


def markdown_text(value: Any) -> str:
    """A value as markdown that renders as the very text."""
    text = ADDRESS.sub(lambda found: f"{found[0][0]}\u200b{found[0][1:]}", cell_text(value))
    text = "".join(SPECIAL.get(character, character) for character in text)
    text = OUTER_UNDERSCORE.sub("&#95;", text)
    return LIST_MARK.sub(lambda found: f"&#{ord(found[0][0])};{found[0][1:]}", text)


def markdown_table(frame: pd.DataFrame, limit: int) -> str:
    """The first rows of a frame as a pipe table, and how many are left out."""
    head = [_pipes(list(frame.columns)), "|" + " --- |" * len(frame.columns)]
    rows = [_pipes(row) for row in frame.head(limit).itertuples(index=False, name=None)]
    return "\n".join([*head, *rows]) + _left_out(len(frame), limit, "\n\n... and {} more rows")


def html_table(frame: pd.DataFrame, limit: int) -> str:
    """The first rows of a frame as an HTML table, and how many are left out."""
    head = "".join(f"<th>{html_text(name)}</th>" for name in frame.columns)
    rows = (
        "<tr>" + "".join(f"<td>{html_text(value)}</td>" for value in row) + "</tr>"
        for row in frame.head(limit).itertuples(index=False, name=None)
    )
    body = "\n".join(rows)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>"
    return table + _left_out(len(frame), limit, "<p>... and {} more rows</p>")


def html_text(value: Any) -> str:
    """A value as HTML that shows the very text."""
    return html.escape(cell_text(value), quote=True)


def _pipes(values: list[Any] | tuple[Any, ...]) -> str:
    return "| " + " | ".join(markdown_text(value) for value in values) + " |"


def _left_out(rows: int, limit: int, sentence: str) -> str:
    return sentence.format(f"{rows - limit:,}") if rows > limit else ""


Severity = Literal["error", "warn"]


@dataclass(frozen=True)
class Outcome:
    """One check of one table.

    Attributes
    ----------
    check, table
        Stable names; together they identify the check.
    passed
        False where at least one expectation failed or could not be evaluated.
    severity
        ``error`` where the data are wrong, ``warn`` where they look wrong.
    blocking
        Whether what follows would be wrong.
    summary
        One sentence for a person.
    failing
        The rows that failed: their key, what was found, what was expected and, where known, the
        file, sheet and cell. Empty when passed.
    evidence
        Plain values: ``rows`` looked at, ``failing_rows`` and ``expectations``, a list of
        ``{suite, expectation, arguments, says, passed, observed}``.
    """

    check: str
    table: str
    passed: bool
    severity: Severity
    blocking: bool
    summary: str
    failing: pd.DataFrame = field(repr=False, compare=False)
    evidence: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def stops(self) -> bool:
        """Whether the run must stop here."""
        return not self.passed and self.blocking

    def markdown(self, limit: int = 20) -> str:
        """The summary, and a table of at most ``limit`` failing rows; nothing renders as markup."""
        mark = "passed" if self.passed else "failed" if self.severity == "error" else "warning"
        parts = [f"**{mark}**: {markdown_text(self.summary)}"]
        broken = [item for item in self.evidence.get("expectations", []) if not item["passed"]]
        parts += [
            f"- {markdown_text(item['says'])}: {markdown_text(item['observed'])}"
            for item in broken[:limit]
        ]
        if len(self.failing):
            parts.append("\n" + markdown_table(self.failing, limit))
        return "\n".join(parts)
