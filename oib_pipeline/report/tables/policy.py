"""The documents of the study's policy."""

from __future__ import annotations

from oib_pipeline.contract.counting import noun
from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.numbers import month


def policy_table(inputs: ReportInputs) -> Table:
    """Every document of the policy in order of time, with what it does."""
    documents = inputs.registry.documents_of(inputs.study.policy)
    on = inputs.study.words.policy
    used = set(inputs.registry.policy(inputs.study.policy)["document"])
    dated = noun(used, "document whose start", "documents whose starts")
    rows = [
        Row(
            (
                Cell(month(str(row.date))),
                Cell(str(row.title) + (" †" if row.document in used else "")),
                Cell(str(row.issuer)),
                Cell(str(row.what_it_does)),
            )
        )
        for row in documents.itertuples()
    ]
    return Table(
        name="policy-documents",
        title=f"Policy documents on {on}" if on else "The policy’s documents",
        align="lppp",
        head=(tuple(Head(text) for text in ("Date", "Document", "Issued by", "What it does")),),
        rows=tuple(rows),
        notes=(f"† The {dated} this study takes as the policy’s date.",),
        data=documents,
    )
