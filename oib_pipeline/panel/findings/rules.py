"""The rules by which findings are made: severity, limit and variables, from ``rules.csv``."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pandas as pd

from oib_pipeline.panel.candidates import place

WHERE = ["city_code", "year", "scope"]
FOUND = [*WHERE, "variable", "value", "expected", "message"]


@dataclass(frozen=True)
class Rule:
    """One row of the table."""

    rule: str
    severity: str
    limit: float
    variables: tuple[str, ...]


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the table."""
    text = files(__package__).joinpath("rules.csv").read_text(encoding="utf-8")
    return tuple(
        Rule(row["rule"], row["severity"], float(row["limit"]), tuple(row["variables"].split()))
        for row in csv.DictReader(text.splitlines())
    )


def findings_of(rows: pd.DataFrame, expected: str, message: str) -> pd.DataFrame:
    """Findings in the columns they share; both texts may name columns of ``rows`` in braces."""
    if "cell" in rows.columns:
        rows = rows.assign(place=place(rows))
    records = rows.to_dict("records")
    columns = [*WHERE, "variable", "value"]
    return rows[columns].assign(
        expected=[expected.format(**record) for record in records],
        message=[message.format(**record) for record in records],
    )[FOUND]
