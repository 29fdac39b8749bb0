"""What a check found: plain, frozen, and readable as markdown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from oib_pipeline.quality.markup import markdown_table, markdown_text

if TYPE_CHECKING:
    import pandas as pd

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
