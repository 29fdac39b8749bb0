"""The checks of each headline at a glance: what was done, what came out, whether it agrees."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.checks import RULES, Check
from oib_pipeline.report.headline import Headline


def checks_table(made: Sequence[tuple[Headline, Sequence[Check]]]) -> Table:
    """Rows by outcome and check; each leads to where it is shown."""
    rows: list[Row] = []
    kinds = {check.kind for _, found in made for check in found}
    for head, found in made:
        rows.append(Row((Cell(head.words.short),), "group", rule=bool(rows)))
        rows += [
            Row(
                (
                    Cell(check.what, link=f"#{check.where}"),
                    Cell("yes" if check.agrees else "no"),
                    Cell(check.found),
                )
            )
            for check in found
        ]
    return Table(
        name="checks-summary",
        title="The checks of the headline",
        align="plp",
        head=(tuple(Head(name) for name in ("Check", "Agrees", "What came out")),),
        rows=tuple(rows),
        notes=tuple(rule for kind, rule in RULES.items() if kind in kinds),
        data=pd.DataFrame(
            [
                {
                    "outcome": head.outcome,
                    "check": check.what,
                    "found": check.found,
                    "agrees": check.agrees,
                }
                for head, found in made
                for check in found
            ]
        ),
    )
