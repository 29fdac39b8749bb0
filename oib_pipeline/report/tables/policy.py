"""The policy's documents and its pilot cities, as Table 1 of the paper."""

from __future__ import annotations

from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.numbers import month


def policy_table(inputs: ReportInputs) -> Table:
    """Every document of the registry in order of time, with what it does."""
    documents = inputs.registry.documents.sort_values(["date", "document"], kind="stable")
    used = set(inputs.registry.policy(inputs.study.policy)["document"])
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
        title="Policy documents on old industrial districts",
        align="lppp",
        head=(tuple(Head(text) for text in ("Date", "Document", "Issued by", "What it does")),),
        rows=tuple(rows),
        notes=("† The document whose start this study takes as the policy’s date.",),
        data=documents,
        paper="Table 1",
    )
