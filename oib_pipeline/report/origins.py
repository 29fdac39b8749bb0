"""Leads every estimate of a document to its specification: study file, function, model, inputs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from oib_pipeline.report.blocks import Cell, Row, Section, Table
from oib_pipeline.report.inputs import ReportInputs

# What makes each result, and how much of a model its table names.
FUNCTIONS = {
    "baseline": "twfe",
    "unflagged": "twfe",
    "event_study": "event_study",
    "dynamic": "dynamic_effects",
    "psm_did": "psm_did",
    "regional": "by_group",
    "placebo": "placebo",
    "inference": "ledger",
    "robustness": "specification_curve",
}
SINGLE = (
    "baseline", "unflagged", "event_study", "dynamic", "psm_did", "regional", "placebo",
)  # fmt: skip
MANY = ("robustness", "inference")


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
    for result in SINGLE:
        frame = inputs.frame(result)
        if frame.empty or not {"model", "outcome", "estimate"} <= set(frame.columns):
            continue
        for (model, outcome), rows in frame.groupby(["model", "outcome"], sort=False):
            found.append(Origin(result, str(model), str(outcome), rows))
    return found + [origin for result in MANY for origin in _many(inputs, result)]


def _many(inputs: ReportInputs, result: str) -> list[Origin]:
    """Results of too many models to name each: one an outcome, all of them in the csv."""
    frame = inputs.frame(result)
    if frame.empty or not {"model", "outcome", "estimate"} <= set(frame.columns):
        return []
    return [
        Origin(result, f"all {rows['model'].nunique()}", str(outcome), rows)
        for outcome, rows in frame.groupby("outcome", sort=False)
    ]


def led_home(sections: list[Section], inputs: ReportInputs) -> list[Section]:
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
